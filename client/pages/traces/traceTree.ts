/**
 * A trace as rows: each step under the one it was made in, in the order they began, with the sums of what is inside. Steps may
 * be nested deeper than calls may be, so nothing here recurses. Pure.
 */
import type { RequestSummary } from '#shared/request';
import type { Span, TraceDetail } from '#shared/trace';

/** A span, or a model call. */
export type Step =
  | { readonly kind: 'span'; readonly step: Span }
  | { readonly kind: 'request'; readonly step: RequestSummary };

/** What a step and all inside it add up to. */
export interface Sums {
  readonly requests: number;
  readonly errors: number;
  /** Null where nothing was reported. */
  readonly tokens: number | null;
  readonly cost: number | null;
  /** Model calls whose cost is not known. */
  readonly unpriced: number;
}

/** A step with its place in the tree. */
export type TraceRow = Step & {
  /** How many steps are around this one. */
  readonly depth: number;
  /** The place of the step around it among all rows; -1 at the top. */
  readonly parent: number;
  /** Rows inside it: those that follow. */
  readonly size: number;
  readonly sums: Sums;
  /** It names a parent that is not among the steps: not sent yet, deleted, or on a page that is not loaded. */
  readonly isOrphan: boolean;
  /** It began before the step around it, or ended after it: their clocks differ, or it was not waited for. */
  readonly isSkewed: boolean;
  /** In milliseconds since 1970; the end is null where no latency was reported. */
  readonly start: number;
  readonly end: number | null;
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

interface Placed {
  readonly entry: Step;
  readonly depth: number;
  readonly parent: number;
}

/** A step whose parent is not in the trace is at the top: an unfinished span is sent only when it ends. */
export function toTraceRows(trace: Pick<TraceDetail, 'spans' | 'requests'>): TraceRow[] {
  const placed = placeSteps(trace);
  const sizes = placed.map(() => 0);
  const sums = placed.map(({ entry }) => ownSums(entry));
  // From the last to the first, so that what is inside is whole before it is added to what is around it.
  for (let index = placed.length - 1; index >= 0; index--) {
    const parent = placed[index]?.parent ?? -1;
    const [around, inside] = [sums[parent], sums[index]];
    if (!around || !inside) continue;
    sums[parent] = addSums(around, inside);
    sizes[parent] = (sizes[parent] ?? 0) + (sizes[index] ?? 0) + 1;
  }
  return placed.map(({ entry, depth, parent }, index) => {
    const { start, end } = timesOf(entry.step);
    const around = placed[parent];
    return {
      ...entry,
      depth,
      parent,
      size: sizes[index] ?? 0,
      sums: sums[index] ?? ownSums(entry),
      isOrphan: entry.step.parent_id !== null && around?.entry.step.id !== entry.step.parent_id,
      isSkewed: around !== undefined && isOutside({ start, end }, timesOf(around.entry.step)),
      start,
      end,
    };
  });
}

function placeSteps(trace: Pick<TraceDetail, 'spans' | 'requests'>): Placed[] {
  const steps: Step[] = [
    ...trace.spans.map((step) => ({ kind: 'span' as const, step })),
    ...trace.requests.map((step) => ({ kind: 'request' as const, step })),
  ]
    // Read once for each step: a comparison of thousands would read each time a dozen times.
    .map((entry) => ({ entry, start: Date.parse(entry.step.started_at) }))
    .toSorted((one, other) => one.start - other.start || (one.entry.step.id < other.entry.step.id ? -1 : 1))
    .map(({ entry }) => entry);
  const children = new Map<string, Step[]>();
  for (const entry of steps) {
    const parent = entry.step.parent_id ?? '';
    const siblings = children.get(parent);
    if (siblings) siblings.push(entry);
    else children.set(parent, [entry]);
  }
  const ids = new Set<string>(steps.map(({ step }) => step.id));
  const seen = new Set<string>();
  const placed: Placed[] = [];
  const place = (root: Step) => {
    const waiting = [{ entry: root, depth: 0, parent: -1 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { entry, depth } = next;
      if (seen.has(entry.step.id)) continue;
      seen.add(entry.step.id);
      const at = placed.push(next) - 1;
      const inside = children.get(entry.step.id) ?? [];
      for (const child of inside.toReversed()) waiting.push({ entry: child, depth: depth + 1, parent: at });
    }
  };
  for (const entry of steps) {
    if (entry.step.parent_id === null || !ids.has(entry.step.parent_id)) place(entry);
  }
  // Steps that name each other as parents have no root; none is lost.
  for (const entry of steps) place(entry);
  return placed;
}

function timesOf({ started_at, latency_ms }: Span | RequestSummary): { start: number; end: number | null } {
  const start = Date.parse(started_at);
  return { start, end: latency_ms === null ? null : start + latency_ms };
}

/** Below that, the rounding of times is all there is. */
const SKEW_MS = 50;

function isOutside(
  step: { start: number; end: number | null },
  around: { start: number; end: number | null },
): boolean {
  const isLate = step.end !== null && around.end !== null && step.end > around.end + SKEW_MS;
  return step.start < around.start - SKEW_MS || isLate;
}

function ownSums({ kind, step }: Step): Sums {
  const errors = step.status === 'error' ? 1 : 0;
  if (kind === 'span') return { requests: 0, errors, tokens: null, cost: null, unpriced: 0 };
  const { input_tokens, output_tokens, cost_usd } = step;
  const isCounted = input_tokens !== null || output_tokens !== null;
  return {
    requests: 1,
    errors,
    tokens: isCounted ? (input_tokens ?? 0) + (output_tokens ?? 0) : null,
    cost: cost_usd === null ? null : Number(cost_usd),
    unpriced: cost_usd === null ? 1 : 0,
  };
}

function addSums(one: Sums, other: Sums): Sums {
  return {
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
    tokens: addKnown(one.tokens, other.tokens),
    cost: addKnown(one.cost, other.cost),
    unpriced: one.unpriced + other.unpriced,
  };
}

function addKnown(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : one + other;
}

/** What a reader looks for first: what failed, the deepest step of it; else the first model call; else the first step. */
export function firstOfInterest(rows: readonly TraceRow[]): TraceRow | undefined {
  const failed = rows.find(({ step, sums }) => step.status === 'error' && sums.errors === 1);
  return failed ?? rows.find(({ kind }) => kind === 'request') ?? rows[0];
}

/**
 * The step that took the longest of those with nothing inside, which is where the time went; undefined where there are not two
 * to compare, or where several took as long.
 */
export function slowestStep(rows: readonly TraceRow[]): TraceRow | undefined {
  const timed = rows.filter(({ size, step }) => size === 0 && step.latency_ms !== null);
  const [first, second] = timed.toSorted((one, other) => (other.step.latency_ms ?? 0) - (one.step.latency_ms ?? 0));
  return second === undefined || first?.step.latency_ms === second.step.latency_ms ? undefined : first;
}

/** The rows that are not inside a folded one, and, where words are looked for, those that hold them with what is around them. */
export function visibleRows(rows: readonly TraceRow[], folded: ReadonlySet<string>, words: string): TraceRow[] {
  const kept = words.trim() === '' ? null : rowsWith(rows, words.trim().toLowerCase());
  const visible: TraceRow[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    if (row === undefined || (kept && !kept.has(index))) continue;
    visible.push(row);
    // What is looked for is shown, folded or not.
    if (kept === null && folded.has(row.step.id)) index += row.size;
  }
  return visible;
}

function rowsWith(rows: readonly TraceRow[], words: string): ReadonlySet<number> {
  const kept = new Set<number>();
  rows.forEach((row, index) => {
    if (!textOf(row).includes(words)) return;
    for (let at = index; at >= 0 && !kept.has(at); at = rows[at]?.parent ?? -1) kept.add(at);
  });
  return kept;
}

function textOf({ kind, step }: Step): string {
  const names = kind === 'span' ? [step.kind] : [step.model, step.provider, step.prompt_slug];
  return [step.name, step.id, step.error?.message, step.input_preview, step.output_preview, ...names]
    .filter(Boolean)
    .join('\n')
    .toLowerCase();
}

/** What a step is called. */
export function nameOfStep({ kind, step }: Step): string {
  return kind === 'span' ? step.name : (step.name ?? step.prompt_slug ?? step.model);
}
