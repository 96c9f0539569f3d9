import fc from 'fast-check';
import type { RequestSummary } from '#shared/request';
import type { Span, TraceDetail } from '#shared/trace';
import { firstOfInterest, joinTracePages, slowestStep, toTraceRows, type TraceRow, visibleRows } from './traceTree.ts';

const START = '2026-11-24T12:00:00.000Z';
const at = (milliseconds: number) => new Date(Date.parse(START) + milliseconds).toISOString();

type Fields = {
  id: string;
  parent_id?: string | null;
  ms?: number;
  latency_ms?: number | null;
  status?: string;
  name?: string;
  cost_usd?: string | null;
  input_tokens?: number | null;
};
const step = ({ id, ms = 0, ...fields }: Fields) => ({
  id,
  parent_id: null,
  started_at: at(ms),
  latency_ms: 100,
  status: 'success',
  name: id,
  error: null,
  cost_usd: null,
  input_tokens: null,
  output_tokens: null,
  ...fields,
});
// Only the fields that place a step and are summed up matter here.
const trace = (spans: Fields[], requests: Fields[]) => ({
  spans: spans.map(step) as unknown as Span[],
  requests: requests.map(step) as unknown as RequestSummary[],
});
const outline = (rows: readonly TraceRow[]) => rows.map((row) => `${'-'.repeat(row.depth)}${row.step.id}`);

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

test('a missing parent makes an orphan at the top, and a circle loses nobody', () => {
  const [orphan] = toTraceRows(trace([], [{ id: 'a', parent_id: 'gone' }]));
  expect(orphan).toMatchObject({ isOrphan: true, depth: 0, parent: -1 });
  const circle = trace(
    [],
    [
      { id: 'a', parent_id: 'b' },
      { id: 'b', parent_id: 'a' },
    ],
  );
  expect(outline(toTraceRows(circle))).toEqual(['a', '-b']);
});

test('parents show the sums of what is inside; what nobody reported stays unknown', () => {
  const [root, empty, priced] = toTraceRows(
    trace(
      [{ id: 'root' }, { id: 'empty', parent_id: 'root' }],
      [
        { id: 'priced', parent_id: 'root', ms: 5, cost_usd: '0.25', input_tokens: 10 },
        { id: 'failed', parent_id: 'priced', ms: 6, status: 'error' },
      ],
    ),
  );
  expect(root).toMatchObject({ size: 3, sums: { requests: 2, errors: 1, tokens: 10, cost: 0.25, unpriced: 1 } });
  expect(empty).toMatchObject({ size: 0, sums: { requests: 0, tokens: null, cost: null } });
  expect(priced).toMatchObject({ size: 1, sums: { requests: 2, errors: 1 } });
});

test('a step beyond the one around it is marked: clocks differ, or it was not waited for', () => {
  const rows = toTraceRows(
    trace(
      [{ id: 'root', ms: 1_000, latency_ms: 500 }],
      [
        { id: 'early', parent_id: 'root', ms: 0 },
        { id: 'within', parent_id: 'root', ms: 1_100 },
        { id: 'late', parent_id: 'root', ms: 1_450, latency_ms: 400 },
        { id: 'open', parent_id: 'root', ms: 1_460, latency_ms: null },
      ],
    ),
  );
  expect(Object.fromEntries(rows.map(({ step: { id }, isSkewed }) => [id, isSkewed]))).toEqual({
    root: false,
    early: true,
    within: false,
    late: true,
    open: false,
  });
});

test('what failed is of interest first, where it began to fail; else the first model call', () => {
  const failing = trace(
    [
      { id: 'root', status: 'error' },
      { id: 'tool', parent_id: 'root', status: 'error', ms: 10 },
    ],
    [{ id: 'call', parent_id: 'root', ms: 5 }],
  );
  expect(firstOfInterest(toTraceRows(failing))?.step.id).toBe('tool');
  expect(firstOfInterest(toTraceRows(trace([{ id: 'root' }], [{ id: 'call', parent_id: 'root' }])))?.step.id).toBe(
    'call',
  );
  expect(firstOfInterest(toTraceRows(trace([{ id: 'only' }], [])))?.step.id).toBe('only');
  expect(firstOfInterest([])).toBeUndefined();
});

test('what is folded hides what is inside, and what is looked for is shown with what is around it', () => {
  const rows = toTraceRows(
    trace(
      [{ id: 'root' }, { id: 'tool', parent_id: 'root', ms: 10 }, { id: 'other', parent_id: 'root', ms: 20 }],
      [{ id: 'call', parent_id: 'tool', ms: 11, name: 'Decide' }],
    ),
  );
  expect(outline(visibleRows(rows, new Set(['tool']), ''))).toEqual(['root', '-tool', '-other']);
  expect(outline(visibleRows(rows, new Set(['root']), ''))).toEqual(['root']);
  expect(outline(visibleRows(rows, new Set(['root']), ' decide '))).toEqual(['root', '-tool', '--call']);
  expect(visibleRows(rows, new Set(), 'nothing like it')).toEqual([]);
});

test('a trace of many nested steps is shown whole, however many pages it came in', () => {
  const chain = Array.from({ length: 20_000 }, (_, index) => ({
    id: `s${index}`,
    parent_id: index === 0 ? null : `s${index - 1}`,
    ms: index,
  }));
  const pages = [chain.slice(0, 15_000), chain.slice(15_000)].map(
    (spans) => trace(spans, []) as unknown as TraceDetail,
  );
  const joined = joinTracePages(pages);
  const rows = joined ? toTraceRows(joined) : [];
  expect(rows).toHaveLength(20_000);
  expect(rows.at(-1)).toMatchObject({ depth: 19_999, step: { id: 's19999' } });
  expect(rows[0]).toMatchObject({ size: 19_999 });
});

test('any tree in any order gives the same rows, each step once, inside the one it names', () => {
  const anyStep = fc.record({
    parent: fc.option(fc.nat(25)),
    ms: fc.nat(40),
    isSpan: fc.boolean(),
    status: fc.constantFrom('success', 'error'),
  });
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 25 }), fc.infiniteStream(fc.nat()), (shape, noise) => {
      const steps = shape.map(({ parent, ms, isSpan, status }, index) => ({
        isSpan,
        fields: { id: `s${index}`, parent_id: parent === null ? null : `s${parent}`, ms, status },
      }));
      const build = (order: typeof steps) =>
        toTraceRows(
          trace(
            order.filter(({ isSpan }) => isSpan).map(({ fields }) => fields),
            order.filter(({ isSpan }) => !isSpan).map(({ fields }) => fields),
          ),
        );
      const shuffled = steps
        .map((one) => [noise.next().value ?? 0, one] as const)
        .toSorted(([one], [other]) => one - other)
        .map(([, one]) => one);
      const rows = build(steps);
      expect(build(shuffled)).toEqual(rows);
      expect(rows.map(({ step: { id } }) => id).toSorted()).toEqual(steps.map(({ fields }) => fields.id).toSorted());
      for (const [index, row] of rows.entries()) {
        const around = rows[row.parent];
        expect(row.depth).toBe(around === undefined ? 0 : around.depth + 1);
        expect(around === undefined || index <= row.parent + around.size).toBe(true);
      }
      const top = rows.filter(({ parent }) => parent === -1);
      expect(top.reduce((sum, { size }) => sum + size + 1, 0)).toBe(rows.length);
      expect(top.reduce((sum, { sums }) => sum + sums.errors, 0)).toBe(
        steps.filter(({ fields }) => fields.status === 'error').length,
      );
    }),
  );
});

test('the slowest step is the longest of those with nothing inside, and none where two took as long', () => {
  const steps = (latency_ms: number) =>
    toTraceRows(
      trace(
        [
          { id: 'root', latency_ms: 900 },
          { id: 'tool', parent_id: 'root', ms: 20, latency_ms: 300 },
        ],
        [{ id: 'call', parent_id: 'root', ms: 10, latency_ms }],
      ),
    );
  expect(slowestStep(steps(500))?.step.id).toBe('call');
  expect(slowestStep(steps(200))?.step.id).toBe('tool');
  expect(slowestStep(steps(300))).toBeUndefined();
  expect(slowestStep(toTraceRows(trace([], [{ id: 'alone' }])))).toBeUndefined();
});
