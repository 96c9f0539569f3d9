/** Long JSON is stored as the bytes it came as: what is answered and read back says the same as what was sent. */
import type { LogInput } from '#shared/request';
import { newId } from '#server/ids';
import { expectContract } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const WORDS = 'Words, "quoted", {in} [brackets], \\ back, \n lines, 日本語 é 😀. '.repeat(30);
const LONG: Partial<LogInput> = {
  messages: [
    { role: 'system', content: WORDS },
    {
      role: 'user',
      content: [
        { type: 'text', text: WORDS },
        { n: 0.5, deep: { a: [[], {}] } },
      ],
    },
  ],
  response: { choices: [{ message: { role: 'assistant', content: WORDS } }] },
  metadata: { words: WORDS, null: null, __proto: 1 },
  tools: [{ type: 'function', function: { name: 'f', description: WORDS } }],
};
const read = async (id: string) => (await app.call('GET', `/api/v1/requests/${id}`)).body;

test('a long log alone, of which some has to be written anew', async () => {
  for (const more of [{}, { unknown_field: WORDS }, { messages: [{ role: 'user', content: { words: WORDS } }] }]) {
    const log = aLogInput({ ...LONG, id: newId(), ...more });
    const called = await app.call('POST', '/api/v1/logs', { body: log });
    expectContract('createLogs', called, 201);
    const stored = await read(String(log.id));
    expect(called.body).toEqual(stored);
    expect(stored.tools).toEqual(LONG.tools);
    expect(stored.response).toEqual(LONG.response);
    expect(stored.metadata.words).toBe(WORDS);
  }
});

test('long logs in a batch, one of which has to be cleaned', async () => {
  const logs = [
    aLogInput({ ...LONG, id: newId() }),
    aLogInput({ ...LONG, id: newId(), metadata: { words: `${WORDS}\u0000` } }),
    aLogInput({ id: newId() }),
  ];
  const called = await app.call('POST', '/api/v1/logs', { body: { logs } });
  expect(called.body).toMatchObject({ created: 3 });
  const [whole, cleaned] = [await read(String(logs[0]?.id)), await read(String(logs[1]?.id))];
  expect(whole).toMatchObject({ ...LONG, sanitized: false });
  expect(cleaned).toMatchObject({ messages: LONG.messages, metadata: { words: `${WORDS}\uFFFD` }, sanitized: true });
});

test('the same log with white space is no conflict, and neither is it the other way round', async () => {
  const body = JSON.stringify(aLogInput({ ...LONG, id: newId() }));
  const spaced = JSON.stringify(JSON.parse(body), null, 1);
  const post = (text: string) =>
    app.call('POST', '/api/v1/logs', { rawBody: text, headers: { 'content-type': 'application/json' } });
  expect((await post(body)).status).toBe(201);
  const again = await post(spaced);
  expect([again.status, again.body.conflict]).toEqual([200, undefined]);
});
