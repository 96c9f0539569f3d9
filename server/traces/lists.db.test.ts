/** Lists of traces, sessions and users say what a look at every row says, whatever is asked, page by page. */
import fc from 'fast-check';
import type { LogInput, RequestFilters } from '#shared/request';
import type { SpanInput, TraceSummary } from '#shared/trace';
import { readGroupPage } from '#server/db/groupPage';
import { newId } from '#server/ids';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const START = Date.parse('2026-03-01T00:00:00Z');
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

type Step = { log: LogInput } | { span: SpanInput };
const fieldsOf = (step: Step) => ('log' in step ? step.log : step.span);

/** What `/trpc` answers. */
async function ask<Answer>(procedure: string, input: object, key = app.orgA.key): Promise<Answer> {
  const called = await app.call('GET', `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`, {
    key,
  });
  expect({ status: called.status, body: called.body }).toMatchObject({ status: 200 });
  return called.body.result.data as Answer;
}

interface Page {
  readonly next_cursor: string | null;
  readonly searched_back_to: string | null;
}

/** All pages of a list, one after another. */
async function listAll<Row>(list: 'traces' | 'sessions' | 'users', filters: object, limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | undefined, pages = 0; pages < 100; pages++) {
    const page: Page & Record<string, Row[]> = await ask(`${list}.list`, { ...filters, limit, cursor });
    rows.push(...(page[list] ?? []));
    if (page.next_cursor === null) return rows;
    cursor = page.next_cursor;
  }
  throw new Error('The list does not end.');
}

async function store(steps: readonly Step[]): Promise<void> {
  const logs = steps.flatMap((step) => ('log' in step ? [step.log] : []));
  const spans = steps.flatMap((step) => ('span' in step ? [step.span] : []));
  const statuses: number[] = [];
  if (logs.length > 0) statuses.push((await app.call('POST', '/api/v1/logs', { body: { logs } })).status);
  if (spans.length > 0) statuses.push((await app.call('POST', '/api/v1/spans', { body: { spans } })).status);
  expect(new Set(statuses)).toEqual(new Set([201]));
}

/** A thousand steps of 120 traces, many at the same moment, some interleaved, some without a root, one of another organization. */
function makeSteps(): Step[] {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const steps: Step[] = [];
  for (let trace = 0; trace < 120; trace++) {
    const trace_id = `trace-${trace}`;
    const common = {
      trace_id,
      user_id: trace % 4 === 0 ? null : `user-${trace % 9}`,
      session_id: trace % 3 === 0 ? null : `session-${trace % 20}`,
      environment: ['production', 'staging', null][trace % 3],
    };
    const rootId = newId();
    const begun = random(600);
    if (trace % 5 !== 0) {
      steps.push({
        span: aSpanInput({
          ...common,
          id: rootId,
          name: `task ${trace % 6}`,
          started_at: at(begun),
          latency_ms: 9_000,
        }),
      });
    }
    for (let step = 0; step < 1 + random(14); step++) {
      const fields = {
        ...common,
        parent_id: trace % 7 === 0 ? null : rootId,
        started_at: at(begun + random(9)),
        status: random(12) === 0 ? ('error' as const) : ('success' as const),
      };
      steps.push(
        random(3) === 0
          ? { span: aSpanInput({ ...fields, name: 'tool' }) }
          : { log: aLogInput({ ...fields, id: newId(), cost_usd: random(2) ? '0.25' : null, model: `m${random(3)}` }) },
      );
    }
  }
  for (let index = 0; index < 200; index++) {
    const user_id = `user-${random(30)}`;
    steps.push({ log: aLogInput({ id: newId(), user_id, started_at: at(random(700)) }) });
  }
  return steps;
}

const STEPS = makeSteps();

const isOf = (step: Step, filters: RequestFilters) => {
  const fields = fieldsOf(step);
  return (
    (filters.user_id === undefined || fields.user_id === filters.user_id) &&
    (filters.session_id === undefined || fields.session_id === filters.session_id) &&
    (filters.environment === undefined || fields.environment === filters.environment) &&
    (filters.status === undefined || filters.status === 'success' || fields.status === filters.status) &&
    (filters.model === undefined || ('log' in step && step.log.model === filters.model))
  );
};

/** Which traces a filter lists, in order: by a look at every step. */
function expectedTraces(filters: RequestFilters): string[] {
  const isNarrow = filters.user_id !== undefined || filters.session_id !== undefined;
  const places = new Map<string, string>();
  const failed = new Set(
    STEPS.filter((step) => fieldsOf(step).status === 'error').map((step) => fieldsOf(step).trace_id),
  );
  for (const step of STEPS) {
    const { trace_id, started_at, id, parent_id } = fieldsOf(step);
    if (!trace_id || !isOf(step, filters)) continue;
    if (filters.status === 'success' && failed.has(trace_id)) continue;
    // Of users and sessions the roots stand for their spans.
    if (isNarrow && filters.status !== 'error' && 'span' in step && parent_id) continue;
    const place = `${started_at}/${id}`;
    const known = places.get(trace_id);
    if (known === undefined || place < known) places.set(trace_id, place);
  }
  const within = [...places].filter(
    ([, place]) =>
      (filters.from === undefined || place >= filters.from) && (filters.to === undefined || place < filters.to),
  );
  return within.toSorted(([, one], [, other]) => (one < other ? 1 : -1)).map(([trace_id]) => trace_id);
}

const FILTERS: readonly (readonly [string, RequestFilters, string | null])[] = [
  ['nothing', {}, null],
  ['a user', { user_id: 'user-2' }, 'user:user-2'],
  ['a session', { session_id: 'session-4' }, 'session:session-4'],
  ['an environment', { environment: 'staging' }, 'env:staging'],
  ['errors', { status: 'error' }, 'status:error'],
  ['success', { status: 'success' }, 'status:success'],
  ['a model', { model: 'm1' }, 'model:m1'],
  ['errors of a user', { status: 'error', user_id: 'user-2' }, 'status:error user:user-2'],
  ['success in an environment', { status: 'success', environment: 'staging' }, 'env:staging status:success'],
  ['a time', { from: at(100), to: at(300) }, null],
  ['a time and a user', { from: at(100), to: at(500), user_id: 'user-5' }, null],
  ['a user nobody has', { user_id: 'nobody' }, 'user:nobody'],
];

describe('traces', () => {
  beforeAll(async () => {
    await store(STEPS);
    const foreign = [aSpanInput({ trace_id: 'of B' }), aSpanInput({ trace_id: 'trace-1', name: 'of B' })];
    await app.call('POST', '/api/v1/spans', { body: { spans: foreign }, key: app.orgB.key });
  });

  test.each(FILTERS)('by %s are those of a look at every step, in pages of any size', async (_, filters, q) => {
    const expected = expectedTraces(filters);
    for (const limit of [1 + (expected.length % 7), 50, 200]) {
      const listed = await listAll<TraceSummary>('traces', filters, limit);
      expect(listed.map(({ trace_id }) => trace_id)).toEqual(expected);
    }
    if (q === null) return;
    const { from, to } = filters;
    expect((await listAll<TraceSummary>('traces', { q, from, to }, 20)).map(({ trace_id }) => trace_id)).toEqual(
      expected,
    );
  });

  test('say the sums of their steps', async () => {
    for (const trace of await listAll<TraceSummary>('traces', {}, 50)) {
      const steps = STEPS.filter((step) => fieldsOf(step).trace_id === trace.trace_id);
      const logs = steps.flatMap((step) => ('log' in step ? [step.log] : []));
      const roots = steps.flatMap((step) => ('span' in step && !step.span.parent_id ? [step.span] : []));
      const ends = steps.map((step) => Date.parse(fieldsOf(step).started_at ?? '') + (fieldsOf(step).latency_ms ?? 0));
      const first = Math.min(...steps.map((step) => Date.parse(fieldsOf(step).started_at ?? '')));
      const priced = logs.filter(({ cost_usd }) => cost_usd);
      expect(trace).toMatchObject({
        requests: logs.length,
        spans: steps.length - logs.length,
        errors: steps.filter((step) => fieldsOf(step).status === 'error').length,
        input_tokens: logs.length === 0 ? null : 14 * logs.length,
        latency_ms: Math.max(...ends) - first,
        has_root: steps.some((step) => !fieldsOf(step).parent_id),
        is_partial: false,
      });
      expect(Number(trace.cost_usd ?? 0)).toBeGreaterThanOrEqual(0.25 * priced.length);
      expect(roots.length === 0 ? [trace.name] : roots.map(({ name }) => name)).toContain(trace.name);
    }
  });

  test('of REST are the same, with the next page in the headers', async () => {
    const first = await app.call('GET', '/api/v1/traces?limit=30&status=error');
    const second = await app.call(
      'GET',
      `/api/v1/traces?limit=30&status=error&cursor=${first.headers.get('x-next-cursor')}`,
    );
    const listed = [...first.body, ...second.body].map(({ trace_id }: TraceSummary) => trace_id);
    expect(listed).toEqual(expectedTraces({ status: 'error' }).slice(0, 60));
    expect(first.headers.get('link')).toContain('rel="next"');
    expect(first.headers.get('x-searched-back-to')).toBeNull();
  });

  test('times in the wrong order are refused', async () => {
    const wrong = await app.call('GET', `/api/v1/traces?from=${at(9)}&to=${at(1)}`);
    expect(wrong).toMatchObject({ status: 400, body: { error: { param: 'from' } } });
  });

  test('a filter that cannot be read, and a cursor of another list, are refused in one sentence', async () => {
    const wrong = await app.call('GET', '/api/v1/traces?q=banana:1');
    expect(wrong).toMatchObject({ status: 400, body: { error: { param: 'q' } } });
    expect((await app.call('GET', '/api/v1/traces?cursor=zzz')).body.error.code).toBe('invalid_cursor');
  });
});

/** Which sessions or users a filter lists, in order. */
function expectedGroups(name: 'session_id' | 'user_id', filters: RequestFilters): string[] {
  const places = new Map<string, string>();
  for (const step of STEPS) {
    if (!('log' in step) || !isOf(step, filters)) continue;
    const { started_at, id } = step.log;
    if (filters.status === 'success' && step.log.status === 'error') continue;
    const [group, place] = [step.log[name], `${started_at}/${id}`];
    if (!group || (filters.from && place < filters.from) || (filters.to && place >= filters.to)) continue;
    if (place > (places.get(group) ?? '')) places.set(group, place);
  }
  return [...places].toSorted(([, one], [, other]) => (one < other ? 1 : -1)).map(([group]) => group);
}

describe.each([
  ['sessions', 'session_id'],
  ['users', 'user_id'],
] as const)('%s', (list, name) => {
  test.each(FILTERS)('by %s are those of a look at every request, in pages of any size', async (_, filters, _q) => {
    const expected = expectedGroups(name, filters);
    for (const limit of [3, 50]) {
      const listed = await listAll<Record<string, string>>(list, filters, limit);
      expect(listed.map((row) => row[name])).toEqual(expected);
    }
  });

  test('say the sums of their requests', async () => {
    for (const row of await listAll<Record<string, unknown>>(list, {}, 50)) {
      const logs = STEPS.flatMap((step) => ('log' in step && step.log[name] === row[name] ? [step.log] : []));
      const times = logs.map(({ started_at }) => started_at ?? '').toSorted();
      expect(row).toMatchObject({
        requests: logs.length,
        errors: logs.filter(({ status }) => status === 'error').length,
        input_tokens: 14 * logs.length,
        first_at: times[0],
        last_at: times.at(-1),
        is_partial: false,
      });
    }
  });
});

test('a session is read in the order of its requests, with their words, page by page', async () => {
  const expected = STEPS.flatMap((step) => ('log' in step && step.log.session_id === 'session-4' ? [step.log] : []))
    .toSorted((one, other) => (`${one.started_at}/${one.id}` < `${other.started_at}/${other.id}` ? -1 : 1))
    .map(({ id }) => id);
  const read: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: { session: object; requests: { id: string; messages: unknown }[]; next_cursor: string | null } =
      await ask('sessions.get', { session_id: 'session-4', limit: 4, ...(cursor && { cursor }) });
    expect(page.session).toMatchObject({ session_id: 'session-4', requests: expected.length });
    for (const { id, messages } of page.requests) {
      expect(messages).toEqual([{ role: 'user', content: 'What is the capital of France?' }]);
      read.push(id);
    }
    cursor = page.next_cursor;
  }
  expect(read).toEqual(expected);
});

test('one user is answered with the sums of all times', async () => {
  const logs = STEPS.filter((step) => 'log' in step && step.log.user_id === 'user-2');
  expect(await ask('users.get', { user_id: 'user-2' })).toMatchObject({ user_id: 'user-2', requests: logs.length });
});

test('a page that finds too little within its budget says how far back it looked, and goes on from there', async () => {
  const rows = Array.from({ length: 300_000 }, (_, index) => index);
  const window = (position: { id: string } | null, size: number) => {
    const start = position === null ? 0 : Number(position.id) + 1;
    const walked = rows.slice(start, start + size);
    const groups = walked
      .filter((row) => row === 200_000)
      .map((row) => ({ name: `${row}`, started_at: `t${row}`, id: `${row}` }));
    const last = walked.at(-1) ?? 0;
    return { groups, edge: walked.length < size ? null : { started_at: `t${last}`, id: `${last}` } };
  };
  const page = (position: { started_at: string; id: string } | null) =>
    readGroupPage(
      { limit: 5, position: position && { ...position, direction: 'next' }, isHeavy: false, now: () => 0 },
      async ({ position: place, rows: size }) => window(place, size),
    );
  const first = await page(null);
  expect(first).toMatchObject({ groups: [], searchedBackTo: 't108499', next: { id: '108499' } });
  const second = await page(first.next);
  expect(second).toMatchObject({ groups: [{ name: '200000' }], searchedBackTo: 't216999' });
  expect(await page(second.next)).toEqual({ groups: [], next: null, searchedBackTo: null });
});

test('any tree of steps, stored in any order, is the same trace', async () => {
  const anyStep = fc.record({
    parent: fc.option(fc.nat(30)),
    second: fc.nat(60),
    isSpan: fc.boolean(),
    isError: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { minLength: 1, maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      async (shape, noise) => {
        const answers = [];
        const ids = shape.map(() => newId());
        for (const isShuffled of [false, true]) {
          const trace_id = newId();
          const own = isShuffled ? ids.map(() => newId()) : ids;
          const steps = shape.map(({ parent, second, isSpan, isError }, index): Step => {
            const fields = {
              id: own[index] ?? '',
              trace_id,
              parent_id: parent === null ? null : (own[parent] ?? 'gone'),
              started_at: at(second * 100 + index),
              status: isError ? ('error' as const) : ('success' as const),
              latency_ms: 50,
            };
            return isSpan
              ? { span: aSpanInput({ ...fields, name: `${index}` }) }
              : { log: aLogInput({ ...fields, name: `${index}` }) };
          });
          const order = isShuffled ? steps.map((step) => [noise.next().value, step] as const) : null;
          await store(order ? order.toSorted(([one], [other]) => one - other).map(([, step]) => step) : steps);
          const read = (await app.call('GET', `/api/v1/traces/${trace_id}`)).body;
          const listed = await ask<{ traces: TraceSummary[] }>('traces.list', { q: `trace:${trace_id}` });
          const place = new Map(own.map((id, index) => [id, index]));
          const outline = [...read.spans, ...read.requests].map(({ id, parent_id, status }: SpanInput) => [
            place.get(id),
            (parent_id ?? null) === null ? null : (place.get(parent_id ?? '') ?? 'gone'),
            status,
          ]);
          const { trace_id: _, ...summary } = listed.traces[0] ?? { trace_id };
          answers.push({
            outline: outline.map((row) => JSON.stringify(row)).toSorted(),
            name: read.name,
            errors: read.errors,
            summary,
          });
        }
        expect(answers[1]).toEqual(answers[0]);
      },
    ),
    { numRuns: 12 },
  );
});
