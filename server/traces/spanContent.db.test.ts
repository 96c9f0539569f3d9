/** What a span was given and what it gave back: stored apart from its row, bounded, and answered with the span alone. */
import { newId } from '#server/ids';
import { aSpanInput } from '#tests/support/factories';
import { poll } from '#tests/support/poll';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const log = (...spans: unknown[]) => app.call('POST', '/api/v1/spans', { body: { spans } });
const read = (id: string) => app.call('GET', `/api/v1/spans/${id}`);
const payloadRows = async (id: string) =>
  (await app.deps.db.query('SELECT input, output FROM span_payloads WHERE id = $1', [id])).length;

test.each([
  ['objects', { sku: 'Kvass', sizes: [128, 140.5] }, { stock: 3, note: null }],
  ['texts', 'which sizes are left?', 'three of 128'],
  ['text that attacks the reader', '<script>alert(1)</script>', 'a\u202Eb %s ${x} \\u0000'],
  ['numbers and truth values', 0, false],
  ['an output alone', null, ['a']],
  ['keys that are odd', { constructor: 1, toString: 2 }, {}],
])('%s come back as they were sent', async (_, input, output) => {
  const span = aSpanInput({ kind: 'tool', input, output });
  expect((await log(span)).status).toBe(201);
  expect((await read(span.id)).body).toMatchObject({ id: span.id, kind: 'tool', input, output, truncated: false });
});

test('digits are kept as they were written', async () => {
  const id = newId();
  const { input: _, ...rest } = aSpanInput({ id });
  const text = JSON.stringify({ spans: [{ ...rest, input: 'NUMBER' }] }).replace('"NUMBER"', '12345678901234567890.10');
  expect((await app.call('POST', '/api/v1/spans', { rawBody: text })).status).toBe(201);
  expect((await read(id)).text).toContain('"input":12345678901234567890.10');
});

test('the trace shows the first words and not the whole', async () => {
  const trace_id = newId();
  await log(
    aSpanInput({
      trace_id,
      started_at: '2026-01-01T00:00:00Z',
      input: `look\n  for ${'x'.repeat(300)}`,
      output: { stock: 3 },
    }),
    aSpanInput({ trace_id }),
  );
  const { spans } = (await app.call('GET', `/api/v1/traces/${trace_id}`)).body;
  expect(spans[0].input_preview).toMatch(/^look for x{191}…$/);
  expect(spans[0]).toMatchObject({ output_preview: '{"stock":3}' });
  expect(spans[0]).not.toHaveProperty('input');
  expect(spans[1]).toMatchObject({ input_preview: null, output_preview: null, kind: null });
});

test('a span without content takes no row of its own, and says that it has none', async () => {
  const span = aSpanInput();
  await log(span);
  expect(await payloadRows(span.id)).toBe(0);
  expect((await read(span.id)).body).toMatchObject({ input: null, output: null });
});

test('what is too long is cut, what cannot be stored is replaced, and both are said', async () => {
  const long = aSpanInput({
    input: 'x'.repeat(1_100_000),
    output: Array.from({ length: 40 }, () => 'y'.repeat(50_000)),
  });
  const unclean = aSpanInput({ input: { text: 'a\u0000b', 'k\u0000': 1 } });
  const { results } = (await log(long, unclean)).body;
  expect(results).toMatchObject([
    { status: 'created', truncated: true },
    { status: 'created', sanitized: true },
  ]);
  const stored = (await read(long.id)).body;
  expect(stored.truncated).toBe(true);
  expect(stored.input).toMatch(/truncated: 1100000 characters\]$/);
  expect(JSON.stringify(stored.output).length).toBeLessThan(1_200_100);
  expect((await read(unclean.id)).body.input).toEqual({ text: 'a\uFFFDb', 'k\uFFFD': 1 });
});

test('the same span again is a duplicate; with another output it is a conflict, and the first is kept', async () => {
  const span = aSpanInput({ input: 'one', output: { found: 1 } });
  await log(span);
  expect((await log(span)).body.results[0]).toMatchObject({ status: 'duplicate' });
  expect((await log({ ...span, output: { found: 2 } })).body.results[0]).toMatchObject({
    status: 'duplicate',
    conflict: true,
  });
  expect((await read(span.id)).body.output).toEqual({ found: 1 });
});

test('is deleted with its span', async () => {
  const span = aSpanInput({ input: 'gone soon', user_id: 'to be deleted' });
  await log(span);
  const { id } = (await app.call('DELETE', '/api/v1/requests?user_id=to+be+deleted')).body;
  await poll(async () => expect((await app.call('GET', `/api/v1/jobs/${id}`)).body.status).toBe('done'));
  expect(await payloadRows(span.id)).toBe(0);
  expect((await read(span.id)).status).toBe(404);
});

test('spans of a server of before have neither, and are answered', async () => {
  const id = newId();
  await app.deps.db.query(
    `INSERT INTO spans (org_id, id, trace_id, name, started_at, created_at, status, tags)
     VALUES ($1, $2, 'old', 'step', now(), now(), 'success', '{}')`,
    [app.orgA.id, id],
  );
  expect((await read(id)).body).toMatchObject({ input: null, output: null, input_preview: null, kind: null });
});
