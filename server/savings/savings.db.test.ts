/** What calls cost that need not have cost it: over HTTP, with sums worked out by hand. */
import type { LogInput } from '#shared/request';
import type { Saving, SavingsReport } from '#shared/savings';
import { newId } from '#server/ids';
import { expectContract, expectError } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { bringRollupsUpToDate } from '#tests/support/rollups';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeEach(async () => {
  app = await startTestApp();
});
afterEach(() => app.stop());

const NOW = Date.now();
const MINUTE = 60_000;
/** Minutes before now. */
const ago = (minutes: number) => new Date(NOW - minutes * MINUTE).toISOString();

async function log(fields: Partial<LogInput>, key = app.orgA.key): Promise<string> {
  const called = await app.call('POST', '/api/v1/logs', { body: aLogInput({ id: newId(), ...fields }), key });
  expect([called.status, called.text.slice(0, 200)]).toEqual([201, expect.anything()]);
  return called.body.id;
}

async function report(query = '', key = app.orgA.key): Promise<SavingsReport> {
  const called = await app.call('GET', `/api/v1/savings${query}`, { key });
  expectContract('getSavings', called);
  return called.body;
}

const ofKind = (found: SavingsReport, kind: Saving['kind']): Saving => {
  const saving = found.savings.find((one) => one.kind === kind);
  if (!saving) throw new Error(`There is no ${kind}.`);
  return saving;
};

/** The ids that the list finds by the query of a group. */
async function listed(q: string): Promise<string[]> {
  const { body } = await app.call('GET', `/api/v1/requests?payload=false&limit=200&q=${encodeURIComponent(q)}`);
  return body.map(({ id }: { id: string }) => id).toSorted();
}

const say = (content: string) => [{ role: 'user', content }];

test('the same request again: all but the dearest could have been saved, apart by temperature', async () => {
  const zero = { messages: say('Which day is it?'), parameters: { temperature: 0 } };
  const same = [
    await log({ ...zero, cost_usd: '0.25', started_at: ago(60) }),
    await log({ ...zero, cost_usd: '0.125', started_at: ago(30) }),
    // The order of keys, and how it is sent, change nothing.
    await log({ ...zero, parameters: { stream: true, temperature: 0 }, cost_usd: '0.5', started_at: ago(20) }),
  ];
  await log({ messages: say('A poem'), cost_usd: '1', started_at: ago(10) });
  await log({ messages: say('A poem'), cost_usd: '1', started_at: ago(9) });
  await log({
    messages: say('A joke'),
    parameters: { temperature: 0.7 },
    cost_usd: null,
    model: 'none',
    started_at: ago(8),
  });
  await log({
    messages: say('A joke'),
    parameters: { temperature: 0.7 },
    cost_usd: null,
    model: 'none',
    started_at: ago(7),
  });
  // Not the same: another limit. Not a waste: what failed was asked again.
  await log({ ...zero, parameters: { temperature: 0, max_tokens: 5 }, cost_usd: '9' });
  await log({ messages: say('Failed'), cost_usd: '9', status: 'error' });
  await log({ messages: say('Failed'), cost_usd: '9' });
  // Of another organization.
  await log({ ...zero, cost_usd: '7' }, app.orgB.key);
  await log({ ...zero, cost_usd: '7' }, app.orgB.key);

  const repeats = ofKind(await report(), 'repeats');
  expect(repeats).toMatchObject({
    requests: 4,
    savable_usd: '1.375',
    unpriced_requests: 2,
    groups_found: 3,
    looked_back_to: null,
    parts: [
      { name: 'temperature 0', requests: 2, savable_usd: '0.375' },
      { name: 'temperature not said', requests: 1, savable_usd: '1' },
      { name: 'temperature above 0', requests: 1, savable_usd: '0' },
    ],
  });
  expect(repeats.groups.map(({ label, savable_usd, requests }) => [label, savable_usd, requests])).toEqual([
    ['A poem', '1', 1],
    ['Which day is it?', '0.375', 2],
    ['A joke', null, 1],
  ]);
  expect(await listed(repeats.groups[1]?.query ?? '')).toEqual(same.toSorted());
  expect(ofKind(await report('', app.orgB.key), 'repeats').savable_usd).toBe('7');
});

test('long prefixes without a cache: what the cached rate would have saved of calls that came soon after another', async () => {
  // A thousand characters of instructions beside a thousand of the rest: half of 4,000 tokens. gpt-4o takes $2.50 for a million, cached $1.25.
  const messages = [
    { role: 'system', content: 's'.repeat(3_000 - 30) },
    { role: 'user', content: 'u'.repeat(3_000 - 33) },
  ];
  const call = { model: 'gpt-4o', messages, input_tokens: 4_000, cached_input_tokens: 0, output_tokens: 10 };
  const start = Math.floor(NOW / (5 * MINUTE)) * 5 * MINUTE - 60 * MINUTE;
  const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();
  const found = [
    await log({ ...call, started_at: at(0) }),
    await log({ ...call, messages: [messages[0]!, { role: 'user', content: 'v'.repeat(2_967) }], started_at: at(60) }),
    await log({ ...call, started_at: at(120) }),
    // An hour before: nobody keeps a prefix so long.
    await log({ ...call, started_at: at(-3_600) }),
  ];
  // What came from the cache is no loss, and what is short is not cached.
  await log({ ...call, cached_input_tokens: 2_000, started_at: at(130) });
  await log({ ...call, input_tokens: 1_000, started_at: at(140) });
  const prefixes = ofKind(await report(), 'prefixes');
  const [group] = prefixes.groups;
  expect(group?.prefix_tokens).toBeGreaterThanOrEqual(1_990);
  expect(group?.prefix_tokens).toBeLessThanOrEqual(2_010);
  // The call from the cache shows that the three others could have: three calls of 2,000 tokens at half the price.
  expect(prefixes).toMatchObject({ requests: 3, groups_found: 1, unpriced_requests: 0 });
  expect(Number(prefixes.savable_usd)).toBeCloseTo(3 * (group?.prefix_tokens ?? 0) * 1.25e-6, 10);
  expect(await listed(group?.query ?? '')).toEqual(found.toSorted());
});

test('failed calls that cost money, by the error', async () => {
  const error = { type: 'server_error', message: 'Down', http_status: 503 };
  const down = [
    await log({ status: 'error', error, cost_usd: '0.5' }),
    await log({ status: 'error', error: { ...error, message: 'Down again' }, cost_usd: '0.25' }),
  ];
  const other = await log({ status: 'error', error: { message: 'Odd' }, cost_usd: '0.125' });
  await log({ status: 'error', error, cost_usd: '0' });
  await log({ status: 'aborted', cost_usd: '3' });
  const failures = ofKind(await report(), 'failures');
  expect(failures).toMatchObject({ requests: 3, savable_usd: '0.875', groups_found: 2, unpriced_requests: 0 });
  expect(await listed(failures.groups[0]?.query ?? '')).toEqual(down.toSorted());
  expect(await listed(failures.groups[1]?.query ?? '')).toEqual([other]);
});

test('answers that were cut off and asked for again, in a trace or after the same instructions', async () => {
  const cut = { finish_reason: 'length', cost_usd: '0.5' };
  const story = { trace_id: 't1', messages: say('Tell a story') };
  const letter = { messages: [{ role: 'system', content: 'You write letters.' }, ...say('To my aunt')] };
  const found = [
    await log({ ...story, ...cut, parameters: { max_tokens: 10 }, started_at: ago(60) }),
    await log({ ...letter, ...cut, started_at: ago(40) }),
  ];
  await log({ ...story, parameters: { max_tokens: 1_000 }, started_at: ago(58) });
  await log({ ...letter, finish_reason: 'stop', started_at: ago(35) });
  // Never asked again; too late; another trace and other instructions; another question.
  await log({ ...cut, messages: say('Alone'), started_at: ago(30) });
  await log({ ...cut, messages: say('Late'), trace_id: 't2', started_at: ago(30) });
  await log({ messages: say('Late'), trace_id: 't2', started_at: ago(15) });
  await log({
    ...cut,
    messages: [{ role: 'system', content: 'One' }, ...say('Hi')],
    trace_id: 't3',
    started_at: ago(30),
  });
  await log({ messages: [{ role: 'system', content: 'Two' }, ...say('Hi')], trace_id: 't4', started_at: ago(29) });
  await log({ ...cut, messages: say('First'), trace_id: 't5', started_at: ago(30) });
  await log({ messages: say('Second'), trace_id: 't5', started_at: ago(29) });
  const retries = ofKind(await report(), 'retries');
  expect(retries).toMatchObject({ requests: 2, savable_usd: '1' });
  expect(await listed(retries.groups[0]?.query ?? '')).toEqual(found.toSorted());
  expect(await listed('has:retry')).toEqual(found.toSorted());
});

test('the time and the filters narrow it, and the queries of groups hold them', async () => {
  const twice = { messages: say('Again'), cost_usd: '1' };
  for (const environment of ['prod', 'dev']) {
    for (const minutes of [60, 30]) await log({ ...twice, environment, started_at: ago(minutes) });
  }
  const old = { ...twice, started_at: ago(40 * 24 * 60) };
  await log(old);
  expect(ofKind(await report(), 'repeats').requests).toBe(3);
  expect(ofKind(await report('?environment=prod'), 'repeats').requests).toBe(1);
  expect(ofKind(await report(`?from=${ago(60 * 24 * 60)}`), 'repeats').requests).toBe(4);
  expect(ofKind(await report(`?from=${ago(31)}`), 'repeats').requests).toBe(1);
  const narrowed = ofKind(await report(`?q=${encodeURIComponent('env:dev OR env:none')}`), 'repeats');
  expect(narrowed.requests).toBe(1);
  expect(await listed(narrowed.groups[0]?.query ?? '')).toHaveLength(2);
  expectError(await app.call('GET', `/api/v1/savings?from=${ago(1)}&to=${ago(2)}`), 'invalid_value');
  expectError(await app.call('GET', '/api/v1/savings?q=hash:abc'), 'invalid_value');
});

test('what was stored before hashes were kept is left out, and counted', async () => {
  for (const minutes of [60, 30]) await log({ messages: say('Again'), cost_usd: '1', started_at: ago(minutes) });
  await app.deps.db.query('UPDATE requests SET request_hash = NULL, prefix_hash = NULL');
  expect(await report()).toMatchObject({ unhashed_requests: 2 });
  expect(ofKind(await report(), 'repeats')).toMatchObject({ requests: 0, savable_usd: '0', groups: [] });
  const [one] = (await app.call('GET', '/api/v1/requests')).body;
  expect(one).toMatchObject({ request_hash: null, prefix_hash: null });
});

test('a request says its hashes, wherever it is read, and is found by them', async () => {
  const messages = [{ role: 'system', content: 'Be brief.' }, ...say('Hi')];
  const id = await log({ messages });
  const other = await log({ messages: [{ content: 'Be brief.', role: 'system' }, ...say('Ho')] });
  const { body: one } = await app.call('GET', `/api/v1/requests/${id}`);
  expect(one.request_hash).toMatch(/^[\da-f]{32}$/);
  expect(one.prefix_hash).toMatch(/^[\da-f]{32}$/);
  expect(await listed(`hash:${one.request_hash}`)).toEqual([id]);
  expect(await listed(`duplicate:${one.request_hash.toUpperCase()}`)).toEqual([id]);
  expect(await listed(`prefix:${one.prefix_hash}`)).toEqual([id, other].toSorted());
  expect(await listed(`prefix:${one.prefix_hash} -hash:${one.request_hash}`)).toEqual([other]);
  const csv = await app.call('GET', '/api/v1/requests/export?format=csv&columns=id,request_hash');
  expect(csv.text).toContain(`${id},${one.request_hash}`);
});

test('a request that was cut has no hash: nobody knows whether it was the same', async () => {
  const id = await log({ messages: say('x'.repeat(1_000_001)) });
  const { body: one } = await app.call('GET', `/api/v1/requests/${id}`);
  expect(one).toMatchObject({ truncated: true, request_hash: null, prefix_hash: null });
});

test('words are looked for in the index, and what is found by them is summed up', async () => {
  for (const content of ['A late parcel', 'A late parcel', 'A lost parcel', 'Something else']) {
    await log({ messages: say(content), cost_usd: '1' });
  }
  const found = ofKind(await report(`?q=${encodeURIComponent('parcel status:success')}`), 'repeats');
  expect(found).toMatchObject({ requests: 1, savable_usd: '1' });
  expect(found.groups[0]?.query).toMatch(/^parcel status:success hash:/);
  expect(await listed(found.groups[0]?.query ?? '')).toHaveLength(2);
});

test('of more requests than are looked at the latest count, and the sums say back to when', async () => {
  const twice = { messages: say('Again'), cost_usd: '1' };
  const day = 24 * 60;
  for (const minutes of [1, 2, 10 * day, 10 * day + 1]) await log({ ...twice, started_at: ago(minutes) });
  expect(ofKind(await report(), 'repeats').requests).toBe(3);
  // As if there had been many more on the day before yesterday.
  await app.deps.db.query(
    `INSERT INTO request_totals SELECT (jsonb_populate_record(d, jsonb_build_object('starts_at', now() - interval '2 days', 'requests', 3000000))).*
     FROM request_totals d WHERE grain = 'day' LIMIT 1`,
  );
  const found = await report();
  const repeats = ofKind(found, 'repeats');
  expect(repeats.requests).toBe(1);
  expect(Date.parse(repeats.looked_back_to ?? '')).toBeLessThan(NOW - day * MINUTE);
  expect(Date.parse(repeats.looked_back_to ?? '')).toBeGreaterThan(NOW - 3 * day * MINUTE);
  expect(found.from < (repeats.looked_back_to ?? '')).toBe(true);
});

test('one kind alone, and prefixes by what no index holds are of fewer requests', async () => {
  const twice = { messages: say('Again'), cost_usd: '1', environment: 'production' };
  for (const minutes of [1, 2]) await log({ ...twice, started_at: ago(minutes) });
  const repeats = await report('?kind=repeats');
  expect(repeats.savings.map(({ kind }) => kind)).toEqual(['repeats']);
  expect(repeats.savings[0]).toEqual(ofKind(await report(), 'repeats'));
  // As if there had been many more on the day before yesterday.
  await app.deps.db.query(
    `INSERT INTO request_totals SELECT (jsonb_populate_record(d, jsonb_build_object('starts_at', now() - interval '2 days', 'requests', 300000))).*
     FROM request_totals d WHERE grain = 'day' LIMIT 1`,
  );
  for (const [query, isWhole] of [
    ['', true],
    ['&model=gpt-4o', true],
    ['&q=provider:openai', true],
    ['&environment=production', false],
    ['&q=latency:<2s', false],
  ] as const) {
    const found = ofKind(await report(`?kind=prefixes${query}`), 'prefixes');
    expect([query, found.looked_back_to === null]).toEqual([query, isWhole]);
  }
  expectError(await app.call('GET', '/api/v1/savings?kind=none'), 'invalid_value');
});

test('what takes too long is tried again with fewer requests', async () => {
  await log({});
  await bringRollupsUpToDate(app);
  const holder = app.deps.db.createQueryRunner();
  await holder.startTransaction();
  try {
    await holder.query('LOCK TABLE requests IN ACCESS EXCLUSIVE MODE');
    const begun = Date.now();
    const asked = app.call('GET', '/api/v1/savings');
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    await holder.rollbackTransaction();
    expect((await asked).status).toBe(200);
    expect(Date.now() - begun).toBeGreaterThan(4_000);
  } finally {
    await holder.release();
  }
});
