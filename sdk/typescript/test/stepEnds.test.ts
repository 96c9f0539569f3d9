/** H4, H6: a step ends with the stream, generator or runner that its function gave back. */
import { trace } from '../src/index';
import { registry } from '../src/client/instances';
import { chatAnswer, sendError, sendJson } from './fakeOpenAI';
import { createHarness, expectValid, harnessOfEachTest, HELLO, turn, until, type Harness } from './harness';
import { chatHelpers, MAJORS, V6 } from './majors';
import { runScript } from './runScript';

let h: Harness;
beforeEach(() => void (registry.spanHost = undefined));
harnessOfEachTest(V6, (made) => (h = made));

test('H4 a stream or generator keeps the step open until it is consumed or left', async () => {
  const stream = await trace('stream', async () => h.client.chat.completions.create({ ...HELLO, stream: true }));
  await turn(15);
  expect(await h.spans()).toHaveLength(0);
  for await (const part of stream) void part;
  const generator = trace('generator', async function* () {
    yield 1;
    await h.client.chat.completions.create({ ...HELLO, promptlab: { name: 'inside' } });
    yield 2;
    yield 3;
  });
  await turn(5);
  for await (const value of generator) if (value === 2) break;
  const sync = trace('sync generator', function* () {
    yield 1;
  });
  expect([...sync]).toEqual([1]);
  expect(h.client.chat.completions.stream).toBeDefined();
  await trace('runner', () => h.client.chat.completions.stream(HELLO)).finalContent();
  await until(() => h.lab.stats().queued === 0);
  const names = (await h.spans()).map(({ name, status }) => [name, status]);
  expect(names).toEqual(['stream', 'generator', 'sync generator', 'runner'].map((name) => [name, 'success']));
  const generatorSpan = h.receiver.spans.find(({ name }) => name === 'generator');
  expect((await h.logs()).find(({ name }) => name === 'inside')?.parent_id).toBe(generatorSpan?.id);
  const [first] = h.receiver.spans;
  expect(first?.latency_ms).toBeGreaterThan(14);
});

test('H4 a step whose stream is dropped unread ends when the stream is collected', async () => {
  const { stdout } = await runScript(
    `(async () => {
      const client = promptlab.track(newClient());
      const drop = async (name, fn) => void (await promptlab.trace(name, fn));
      await drop('iterable', async () => ({ async *[Symbol.asyncIterator]() { yield 1; } }));
      await drop('generator', async () => (async function* () { yield 1; })());
      await drop('readable', async () => new ReadableStream({ pull() {} }));
      const queued = promptlab.stats().queued;
      for (let i = 0; i < 200 && promptlab.stats().queued < 3; i++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        gc();
      }
      console.log(queued, promptlab.stats().queued);
      await promptlab.flush();
    })();`,
    { baseUrl: h.receiver.url, nodeArgs: ['--expose-gc'], env: {} },
  );
  expect(stdout.trim()).toBe('0 3');
  expect(h.receiver.spans.map(({ name, status }) => `${name} ${status}`).sort()).toEqual([
    'generator success',
    'iterable success',
    'readable success',
  ]);
});

test('H4 a ReadableStream read by getReader() keeps the step open until it is over', async () => {
  const failure = new Error('cut off');
  const numbers = (end: 'close' | 'error') => {
    let next = 0;
    return new ReadableStream<number>({
      pull(controller) {
        if (next < 3) controller.enqueue(next++);
        else if (end === 'close') controller.close();
        else controller.error(failure);
      },
    });
  };
  const readAll = async (reader: ReadableStreamDefaultReader<number>) => {
    const read: number[] = [];
    for (let step = await reader.read(); !step.done; step = await reader.read()) read.push(step.value);
    return read;
  };
  const stream = trace('read', () => numbers('close'));
  const peeking = stream.getReader();
  expect((await peeking.read()).value).toBe(0);
  peeking.releaseLock();
  await turn(10);
  expect(h.lab.stats().queued + (await h.spans()).length).toBe(0);
  expect(await readAll(stream.getReader())).toEqual([1, 2]);
  await expect(readAll(trace('fails', () => numbers('error')).getReader())).rejects.toBe(failure);
  await trace('cancelled', () => numbers('close'))
    .getReader()
    .cancel();
  expect((await h.spans()).map(({ name, status, error }) => [name, status, error?.message])).toEqual([
    ['read', 'success', undefined],
    ['fails', 'error', 'cut off'],
    ['cancelled', 'success', undefined],
  ]);
});

test.each(MAJORS)('H6 runTools() is one record per model call, all in one trace: $name', async (major) => {
  const own = await createHarness(major);
  const call = { id: 'c', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
  own.fake.on('/chat/completions', (seen, res) =>
    sendJson(
      res,
      seen.body.messages.length === 1
        ? chatAnswer({ role: 'assistant', content: null, tool_calls: [call] }, 'tool_calls')
        : chatAnswer(),
    ),
  );
  const helpers = chatHelpers(major, own.client);
  const tools = [
    {
      type: 'function',
      function: { name: 'add', parameters: { type: 'object', properties: {} }, parse: JSON.parse, function: () => '2' },
    },
  ];
  expect(await helpers.runTools({ ...HELLO, tools, prompt_slug: 'sum' }).finalContent()).toBe('Hello there');
  const logs = await own.logs();
  expect(logs).toHaveLength(2);
  expect(logs[0]?.trace_id).toBeDefined();
  expect(logs[1]).toMatchObject({ trace_id: logs[0]?.trace_id, parent_id: logs[0]?.parent_id, prompt_slug: 'sum' });
  await until(() => own.receiver.spans.length === 1);
  expect(own.receiver.spans[0]).toMatchObject({
    id: logs[0]?.parent_id,
    name: 'runTools',
    trace_id: logs[0]?.trace_id,
  });
  await own.close();
  expectValid(own);
});

test.each(MAJORS)(
  'H6 a runner that fails is a step that failed, and its failure is as without us: $name',
  async (major) => {
    const own = await createHarness(major);
    const helpers = chatHelpers(major, own.client);
    own.fake.on('/chat/completions', (seen, res) =>
      seen.body.model === 'slow' ? undefined : sendError(res, 400, { message: 'bad tools' }),
    );
    const tools = [
      { type: 'function', function: { name: 'f', parameters: {}, parse: JSON.parse, function: () => '' } },
    ];
    await expect(helpers.runTools({ ...HELLO, tools }).finalContent()).rejects.toThrow('bad tools');
    const slow = helpers.runTools({ ...HELLO, model: 'slow', tools, promptlab: { name: 'aborted' } });
    await until(() => own.fake.requests.length === 2);
    slow.abort();
    await expect(slow.done()).rejects.toThrow('aborted');
    await expect(own.lab.trace('stream', () => helpers.stream(HELLO)).finalContent()).rejects.toThrow('bad tools');
    // Over before the function returns it.
    const returned = own.lab.trace('ended', async () => {
      const runner = helpers.stream(HELLO);
      await runner.done().catch(() => {});
      return runner;
    });
    await returned;
    await until(() => own.lab.stats().queued === 0 && own.receiver.spans.length === 4);
    const byName = Object.fromEntries(own.receiver.spans.map((one) => [one.name, one]));
    for (const name of ['runTools', 'stream', 'ended']) {
      expect(byName[name]).toMatchObject({ status: 'error', error: { http_status: 400 } });
      expect(byName[name]?.error.message).toContain('bad tools');
    }
    expect(byName.aborted?.status).toBe('error');
    expect((await own.logs()).every(({ parent_id }) => own.receiver.spans.some(({ id }) => id === parent_id))).toBe(
      true,
    );
    // Nobody listens: one unhandled rejection, with us and without.
    const { stdout } = await runScript(
      `const seen = [];
    process.on('unhandledRejection', (reason) => seen.push(reason.message));
    const fetch = fakeFetch({ error: { message: 'bad tools' } }, 400);
    const run = async (client) => {
      const helpers = client.chat.completions.runTools ? client.chat.completions : client.beta.chat.completions;
      helpers.runTools({ ...HELLO, tools: [] });
      await new Promise((resolve) => setTimeout(resolve, 50));
      return seen.splice(0);
    };
    (async () => {
      const results = [await run(newClient({ fetch })), await run(promptlab.track(newClient({ fetch })))];
      console.log(JSON.stringify(results));
    })();`,
      { major: major.name.replace(' ', '-') },
    );
    expect(JSON.parse(stdout)).toEqual([['400 bad tools'], ['400 bad tools']]);
    await own.close();
    expectValid(own);
  },
);

test('H6 promptlab: { log: false } leaves out the step of runTools() as well', async () => {
  const runner = h.client.chat.completions.runTools({ ...HELLO, tools: [], promptlab: { log: false } } as never);
  expect(await runner.finalContent()).toBe('Hello there');
  await turn(5);
  expect(await h.logs()).toEqual([]);
  expect(h.lab.stats()).toMatchObject({ queued: 0, sent: 0 });
});
