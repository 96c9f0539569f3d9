/** A trace as rows: each step under the one it was made in, in the order they began. */
import type { RequestSummary } from '#shared/request';
import type { Span, TraceDetail } from '#shared/trace';

export type Step =
  | { readonly kind: 'span'; readonly step: Span }
  | { readonly kind: 'request'; readonly step: RequestSummary };

export type TraceRow = Step & {
  /** How many steps are around this one. */
  readonly depth: number;
  /** Where its bar begins and how long it is, as parts of the whole from 0 to 1. Null where no latency was reported. */
  readonly bar: { readonly from: number; readonly length: number } | null;
};

/** The steps of the pages that were loaded, with the totals of the whole trace as the last of them told. */
export function joinTracePages(pages: readonly TraceDetail[]): TraceDetail | undefined {
  const last = pages.at(-1);
  return (
    last && {
      ...last,
      spans: pages.flatMap(({ spans }) => spans),
      requests: pages.flatMap(({ requests }) => requests),
    }
  );
}

/** A step whose parent is not in the trace is a root: an unfinished span is sent only when it ends. */
export function toTraceRows(trace: Pick<TraceDetail, 'spans' | 'requests' | 'started_at' | 'latency_ms'>): TraceRow[] {
  const steps: Step[] = [
    ...trace.spans.map((step) => ({ kind: 'span' as const, step })),
    ...trace.requests.map((step) => ({ kind: 'request' as const, step })),
  ].toSorted((one, other) => Date.parse(one.step.started_at) - Date.parse(other.step.started_at));

  const children = new Map<string, Step[]>();
  for (const entry of steps) {
    const parent = entry.step.parent_id ?? '';
    const siblings = children.get(parent);
    if (siblings) siblings.push(entry);
    else children.set(parent, [entry]);
  }
  const ids = new Set<string>(steps.map(({ step }) => step.id));
  const placed = new Set<string>();
  const rows: TraceRow[] = [];
  // A stack of our own: steps may be nested deeper than calls may be.
  const place = (root: Step) => {
    const waiting = [{ entry: root, depth: 0 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { entry, depth } = next;
      if (placed.has(entry.step.id)) continue;
      placed.add(entry.step.id);
      rows.push({ ...entry, depth, bar: toBar(entry.step, trace) });
      const inside = children.get(entry.step.id) ?? [];
      for (const child of inside.toReversed()) waiting.push({ entry: child, depth: depth + 1 });
    }
  };
  for (const entry of steps) {
    if (entry.step.parent_id === null || !ids.has(entry.step.parent_id)) place(entry);
  }
  // Steps that name each other as parents have no root; none is lost.
  for (const entry of steps) place(entry);
  return rows;
}

function toBar(
  { started_at, latency_ms }: Span | RequestSummary,
  trace: Pick<TraceDetail, 'started_at' | 'latency_ms'>,
): TraceRow['bar'] {
  if (latency_ms === null || trace.latency_ms === null) return null;
  const whole = Math.max(trace.latency_ms, 1);
  const from = (Date.parse(started_at) - Date.parse(trace.started_at)) / whole;
  return { from: clamp(from), length: clamp(latency_ms / whole) };
}

function clamp(part: number): number {
  return Math.min(1, Math.max(0, part));
}
