import type { RequestSummary } from '#shared/request';
import type { Span, TraceDetail } from '#shared/trace';
import { joinTracePages, toTraceRows } from './traceTree.ts';

const START = '2026-11-24T12:00:00.000Z';
const at = (milliseconds: number) => new Date(Date.parse(START) + milliseconds).toISOString();

type Fields = { id: string; parent_id?: string | null; ms?: number; latency_ms?: number | null };
const step = ({ id, parent_id = null, ms = 0, latency_ms = 100 }: Fields) => ({
  id,
  parent_id,
  started_at: at(ms),
  latency_ms,
});
// Only the fields that place a step matter here.
const trace = (spans: Fields[], requests: Fields[], latency_ms: number | null = 1000) => ({
  spans: spans.map(step) as unknown as Span[],
  requests: requests.map(step) as unknown as RequestSummary[],
  started_at: START,
  latency_ms,
});
const outline = (rows: ReturnType<typeof toTraceRows>) => rows.map((row) => `${'-'.repeat(row.depth)}${row.step.id}`);

test('steps stand under their parents, in the order they began', () => {
  const rows = toTraceRows(
    trace(
      [{ id: 'root' }, { id: 'tool', parent_id: 'root', ms: 200 }],
      [
        { id: 'second', parent_id: 'root', ms: 300 },
        { id: 'first', parent_id: 'root', ms: 100 },
        { id: 'inner', parent_id: 'tool', ms: 250 },
      ],
    ),
  );
  expect(outline(rows)).toEqual(['root', '-first', '-tool', '--inner', '-second']);
});

test('a missing parent makes a root, and a circle loses nobody', () => {
  expect(outline(toTraceRows(trace([], [{ id: 'a', parent_id: 'gone' }])))).toEqual(['a']);
  expect(
    outline(
      toTraceRows(
        trace(
          [],
          [
            { id: 'a', parent_id: 'b' },
            { id: 'b', parent_id: 'a' },
          ],
        ),
      ),
    ),
  ).toEqual(['a', '-b']);
});

test('a bar lies where its step ran; without a latency there is none', () => {
  const rows = toTraceRows(
    trace(
      [],
      [
        { id: 'a', ms: 250, latency_ms: 500 },
        { id: 'b', ms: 300, latency_ms: null },
      ],
    ),
  );
  expect(rows.map(({ bar }) => bar)).toEqual([{ from: 0.25, length: 0.5 }, null]);
});

test('a trace of many nested steps is shown whole, however many pages it came in', () => {
  const chain = Array.from({ length: 20_000 }, (_, index) => ({
    id: `s${index}`,
    parent_id: index === 0 ? null : `s${index - 1}`,
    ms: index,
  }));
  const pages = [chain.slice(0, 15_000), chain.slice(15_000)].map((spans) => trace(spans, []) as TraceDetail);
  const joined = joinTracePages(pages);
  const rows = joined ? toTraceRows(joined) : [];
  expect(rows).toHaveLength(20_000);
  expect(rows.at(-1)).toMatchObject({ depth: 19_999, step: { id: 's19999' } });
});
