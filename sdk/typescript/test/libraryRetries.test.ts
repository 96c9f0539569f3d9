/** B5, B7: the library's own retries are one record, which counts them. */
import { settleUnconsumed } from '../src/runtime/unconsumedStreams';
import { chatAnswer, sendError, sendJson } from './fakeOpenAI';
import { harnessOfEachTest, HELLO, type Harness } from './harness';
import { MAJORS } from './majors';
import { runScript } from './runScript';

describe.each(MAJORS)('$name', (major) => {
  const { name } = major;
  const folder = `openai-${name.slice(-2)}`;
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test("B7 the library's retries are one record that counts the attempts", async () => {
    let failures = 2;
    for (const path of ['/chat/completions', '/embeddings']) {
      h.fake.on(path, (_, res) =>
        failures-- > 0
          ? sendError(res, 500, { message: 'busy' }, { 'retry-after-ms': '1' })
          : sendJson(res, chatAnswer()),
      );
    }
    await h.client.chat.completions.create(HELLO, { maxRetries: 2 });
    failures = 1;
    await h.client.chat.completions.create(HELLO, { maxRetries: 2 }).asResponse();
    failures = 3;
    await expect(h.client.chat.completions.create(HELLO, { maxRetries: 2 })).rejects.toThrow('busy');
    failures = 3;
    await expect(h.client.embeddings.create({ model: 'e', input: 'x' }, { maxRetries: 2 })).rejects.toThrow('busy');
    failures = 1;
    await expect(h.client.chat.completions.create(HELLO)).rejects.toThrow('busy');
    await h.client.chat.completions.create(HELLO);
    expect(h.fake.requests).toHaveLength(13);
    settleUnconsumed();
    const logs = await h.logs();
    expect(logs.map(({ status, metadata }) => [status, metadata.attempts, metadata.retried])).toEqual([
      ['success', 3, true],
      ['success', 2, true],
      ['error', 3, true],
      ['error', 3, true],
      ['error', undefined, undefined],
      ['success', undefined, undefined],
    ]);
  });

  if (name.endsWith('v7')) {
    test('B7 openai 7 tries again where the body of an answer does not come; that is counted too', async () => {
      const answers: ('busy' | 'stuck' | 'whole')[] = ['stuck', 'whole', 'busy', 'stuck', 'whole', 'stuck', 'stuck'];
      h.fake.on('/chat/completions', (_, res) => {
        const answer = answers.shift();
        if (answer === 'busy') sendError(res, 500, { message: 'busy' }, { 'retry-after-ms': '1' });
        else if (answer === 'whole') sendJson(res, chatAnswer());
        else res.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      });
      const call = async (maxRetries: number) => h.client.chat.completions.create(HELLO, { maxRetries, timeout: 200 });
      await call(1);
      await call(2);
      await expect(call(1)).rejects.toThrow('timed out');
      expect(answers).toEqual([]);
      const logs = await h.logs();
      expect(logs.map(({ status, metadata, provider_request_id: id }) => [status, metadata.attempts, id])).toEqual([
        ['success', 2, 'req_2'],
        ['success', 3, 'req_5'],
        ['error', 2, 'req_7'],
      ]);
    }, 20_000);
  }

  test('B5, B7 a call that fails after its retries is unhandled once, as without us', async () => {
    const { stdout, stderr } = await runScript(
      `
      let count = 0;
      process.on('unhandledRejection', () => count++);
      const fetch = async () => new Response('{}', { status: 500, headers: { 'retry-after-ms': '1' } });
      (async () => {
        const result = [];
        for (const wrap of [(c) => c, (c) => promptlab.track(c)]) {
          count = 0;
          wrap(newClient({ fetch, maxRetries: 2 })).chat.completions.create(HELLO);
          for (let i = 0; i < 200 && count === 0; i++) await new Promise((resolve) => setTimeout(resolve, 10));
          await new Promise((resolve) => setTimeout(resolve, 20));
          result.push(count);
        }
        console.log(JSON.stringify(result));
        process.exit(0);
      })();`,
      { major: folder },
    );
    expect([stdout.trim(), stderr]).toEqual(['[1,1]', '']);
  });
});
