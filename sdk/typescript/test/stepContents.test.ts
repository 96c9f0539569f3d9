/** D4, H8, H9: what a step keeps of what it was given and gave back, and what it never keeps. */
import { currentTrace, PromptLab, span, trace } from '../src/index';
import { registry } from '../src/client/instances';
import { clientKeys } from '../src/record/redaction/secrets';
import { sendError, type Loose } from './fakeOpenAI';
import { harnessOfEachTest, HELLO, LAB_KEY, until, type Harness } from './harness';
import { V6 } from './majors';

let h: Harness;
beforeEach(() => void (registry.spanHost = undefined));
harnessOfEachTest(V6, (made) => (h = made));

test("D4 a step's error holds no key of a client either", async () => {
  const key = '0123456789abcdef0123456789abcdef';
  const { client, lab } = h.make({}, { apiKey: key });
  h.fake.on('/chat/completions', (seen, res) =>
    sendError(res, 401, { message: `Incorrect API key provided: ${seen.headers.authorization?.split(' ')[1]}.` }),
  );
  const call = () => client.chat.completions.create(HELLO);
  await expect(lab.trace('around', call)).rejects.toThrow(key);
  await expect(lab.trace('in a function', async () => call())).rejects.toThrow(key);
  await expect(client.chat.completions.runTools({ ...HELLO, tools: [] }).finalContent()).rejects.toThrow(key);
  // A token that is renewed is not known when the client is tracked.
  client.apiKey = 'fedcba9876543210fedcba9876543210';
  await expect(lab.trace('renewed', call)).rejects.toThrow(client.apiKey);
  await until(() => lab.stats().queued === 0 && h.receiver.spans.length === 4);
  const sent = JSON.stringify([await h.logs(), h.receiver.spans]);
  expect(sent).toContain('Incorrect API key provided: [key].');
  for (const secret of [key, client.apiKey]) expect(sent).not.toContain(secret);
});

test('D4 the keys that are known are few: a program may make a client for each request', () => {
  for (let i = 0; i < 300; i++) h.lab.track({ apiKey: `key-of-customer-${i}` });
  expect(clientKeys.size).toBeLessThanOrEqual(100);
  expect(clientKeys.has('key-of-customer-299')).toBe(true);
  clientKeys.clear();
});

test('H8 a step keeps what it was given and what it gave back, as they were then', async () => {
  const given = { sku: 'kvass', sizes: [128] };
  const found = await trace('get_stock', async () => ({ stock: 3 }), { kind: 'tool', input: given });
  expect(found).toEqual({ stock: 3 });
  given.sizes.push(140);
  trace('sync', () => 'text', { input: 'question' });
  trace('silent', () => 'not kept', { input: 1, output: false });
  trace('output alone', () => [1, null], { output: true });
  await trace('told', async (t) => {
    t.set({ input: 'a', output: 'b' });
    currentTrace()?.set({ output: { last: true }, tags: { x: 'y' } });
    await span('inner', async () => undefined);
    t.span('under', () => 7, { kind: 'tool', input: null });
    return 'not this';
  });
  trace('plain', () => 'nothing asked for');
  const byName = new Map((await h.spans()).map((one) => [one.name as string, one]));
  const content = (name: string) => ({ input: byName.get(name)?.input, output: byName.get(name)?.output });
  expect(content('get_stock')).toEqual({ input: { sku: 'kvass', sizes: [128] }, output: { stock: 3 } });
  expect(byName.get('get_stock')).toMatchObject({ kind: 'tool' });
  expect(content('sync')).toEqual({ input: 'question', output: 'text' });
  expect(content('silent')).toEqual({ input: 1 });
  expect(content('output alone')).toEqual({ output: [1, null] });
  expect(content('told')).toEqual({ input: 'a', output: { last: true } });
  expect(content('inner')).toEqual({});
  expect(content('under')).toEqual({ input: null, output: 7 });
  for (const name of ['plain', 'inner']) expect(Object.keys(byName.get(name) ?? {})).not.toContain('input');
});

test('H9 content obeys the switches of input and output, hides credentials, and never breaks the step', async () => {
  const hostile = {
    get broken(): never {
      throw new Error('no');
    },
    password: 'hunter2',
    big: 10n,
  };
  const cyclic: Loose = { name: 'x' };
  cyclic.self = cyclic;
  await trace('odd', async () => cyclic, { input: hostile });
  const failure = new Error('boom');
  await expect(trace('failed', () => Promise.reject(failure), { input: 'x' })).rejects.toBe(failure);
  trace('stream', async function* () { yield 1; }, { input: 'x' }); // prettier-ignore
  const [odd, failed] = await h.spans();
  expect(odd?.input).toEqual({ broken: '[unreadable: no]', password: '[removed: credential]', big: '10' });
  expect(odd?.output).toEqual({ name: 'x', self: '[circular]' });
  expect(failed).toMatchObject({ input: 'x', status: 'error' });
  expect(failed).not.toHaveProperty('output');
});

test('H9 captureInput and captureOutput keep the content of steps in the process', async () => {
  const lab = new PromptLab({ apiKey: LAB_KEY, baseUrl: h.receiver.url, captureInput: false, captureOutput: false });
  lab.trace('private', () => 'secret answer', { input: 'secret question' });
  await lab.flush();
  const [one] = h.receiver.spans;
  expect(one).toMatchObject({ name: 'private' });
  expect(JSON.stringify(one)).not.toContain('secret');
  await lab.shutdown();
});
