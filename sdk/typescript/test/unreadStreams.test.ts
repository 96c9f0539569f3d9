/** A6, C9: calls and streams that nobody looks at are recorded once, and kept no longer than they are in use. */
import { settleUnconsumed, sweep } from '../src/runtime/unconsumedStreams';
import { createHarness, harnessOfEachTest, HELLO, readAll, STREAM, until, type Harness } from './harness';
import { MAJORS, V6 } from './majors';
import { runScript } from './runScript';

const LONG = 11 * 60_000;

describe.each(MAJORS)('$name', (major) => {
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test('A6, C9, D10 what nobody looks at has the status and the time of its response', async () => {
    const { chat } = h.client;
    const held: unknown[] = [
      chat.completions.create(HELLO),
      chat.completions.create(STREAM),
      await chat.completions.create(HELLO).asResponse(),
      await chat.completions.create(STREAM).asResponse(),
      await chat.completions.create(STREAM),
    ];
    const iterator = (await chat.completions.create(STREAM))[Symbol.asyncIterator]();
    await iterator.next();
    const handedOn = (await chat.completions.create(STREAM).asResponse()).body;
    held.push(iterator, handedOn);
    await until(() => h.fake.requests.length === 7);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const later = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + LONG);
    try {
      sweep();
      // An iterator that was begun waits for collection; the end of the process does not wait.
      settleUnconsumed();
    } finally {
      later.mockRestore();
    }
    const logs = await h.logs();
    expect(logs.map(({ status, metadata }) => [status, metadata.abandoned, metadata.raw_response])).toEqual([
      ['success', undefined, 'unseen'],
      ['aborted', true, undefined],
      ['success', undefined, 'unseen'],
      ['aborted', true, undefined],
      ['aborted', true, undefined],
      ['aborted', true, undefined],
      ['success', undefined, 'unseen'],
    ]);
    for (const { latency_ms } of logs) {
      expect(latency_ms).toBeGreaterThan(0);
      expect(latency_ms).toBeLessThan(1_000);
    }
    expect(held).toHaveLength(7);
  });

  test('C9 a call that is awaited late is not taken for one that nobody looks at', async () => {
    const call = h.client.chat.completions.create(STREAM);
    await until(() => h.fake.requests.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const iterator = (await call)[Symbol.asyncIterator]();
    await iterator.next();
    sweep(performance.now() + LONG);
    while (!(await iterator.next()).done);
    expect(await h.log()).toMatchObject({ status: 'success', response_content: 'Hello there' });
  });

  test('C9 a stream that is never read is recorded as abandoned, once', async () => {
    const stream = await h.client.chat.completions.create(STREAM);
    sweep(performance.now() + 5 * 60_000);
    expect(await h.logs()).toHaveLength(0);
    sweep(performance.now() + 11 * 60_000);
    expect(await h.log()).toMatchObject({ status: 'aborted', metadata: { abandoned: true } });
    await readAll(stream);
    expect(await h.logs()).toHaveLength(1);
  });
});

test('C9 a stream that is collected unread is recorded', async () => {
  const h = await createHarness(V6);
  const { stdout, stderr } = await runScript(
    `(async () => {
      const client = promptlab.track(newClient({ baseURL: ${JSON.stringify(h.fake.url)}, fetch: undefined }));
      await (async () => { await client.chat.completions.create({ ...HELLO, stream: true }); })();
      await (async () => { const it = (await client.chat.completions.create({ ...HELLO, stream: true }))[Symbol.asyncIterator](); await it.next(); await it.next(); })();
      for (let i = 0; i < 200 && promptlab.stats().queued + promptlab.stats().sent < 2; i++) {
        globalThis.gc();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      console.log(JSON.stringify(await promptlab.flush()));
      process.exit(0);
    })();`,
    { baseUrl: h.receiver.url, nodeArgs: ['--expose-gc'] },
  );
  expect([stdout.trim(), stderr]).toEqual(['{"ok":true,"pending":0}', '']);
  expect(h.receiver.logs.map(({ status, metadata }) => [status, metadata.abandoned])).toEqual([
    ['aborted', true],
    ['aborted', true],
  ]);
  await h.close();
});
