/** D12: one record of a background response, however it is begun and ended. */
import { responseAnswer, responseEvents, sendEvents, sendJson } from './fakeOpenAI';
import { harnessOfEachTest, type Harness } from './harness';
import { MAJORS } from './majors';

describe.each(MAJORS)('$name', (major) => {
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test('D12 a background response is one record, closed by the poll that shows its end', async () => {
    const queued = responseAnswer({ id: 'resp_bg', status: 'queued', output: [], usage: null, background: true });
    h.fake.on('/responses', (_, res) => sendJson(res, queued));
    const created = await h.client.responses.create({ model: 'm', input: 'x', background: true, prompt_slug: 'bg' });
    expect(created.status).toBe('queued');
    const states = ['in_progress', 'completed', 'completed'];
    h.fake.on('/responses/resp_bg', (_, res) =>
      sendJson(
        res,
        responseAnswer({
          id: 'resp_bg',
          status: states.shift(),
          created_at: 1_700_000_000,
          completed_at: 1_700_000_042,
        }),
      ),
    );
    await h.client.responses.retrieve('resp_bg');
    expect(await h.logs()).toHaveLength(0);
    await h.client.responses.retrieve('resp_bg');
    await h.client.responses.retrieve('resp_bg');
    expect(await h.log()).toMatchObject({
      prompt_slug: 'bg',
      status: 'success',
      latency_ms: 42_000,
      input_tokens: 11,
      response_content: 'Hello there',
    });
  });

  test('D12 a streamed poll, a cancel and an end of the process close it too', async () => {
    let count = 0;
    h.fake.on('/responses', (_, res) =>
      sendJson(res, responseAnswer({ id: `resp_${++count}`, status: 'in_progress', output: [], usage: null })),
    );
    for (let i = 0; i < 3; i++) await h.client.responses.create({ model: 'm', input: 'x', background: true });
    h.fake.on('/responses/resp_1', (seen, res) =>
      sendEvents(seen, res, responseEvents(responseAnswer({ id: 'resp_1' })), { done: false, named: true }),
    );
    for await (const event of await h.client.responses.retrieve('resp_1', { stream: true })) void event;
    h.fake.on('/responses/resp_2/cancel', (_, res) =>
      sendJson(res, responseAnswer({ id: 'resp_2', status: 'cancelled', usage: null })),
    );
    await h.client.responses.cancel('resp_2');
    await h.lab.shutdown();
    expect((await h.logs()).map(({ status, metadata }) => [status, metadata.background])).toEqual([
      ['success', true],
      ['aborted', true],
      ['incomplete', 'unfinished'],
    ]);
  });

  describe('D12 background', () => {
    const queued = responseAnswer({ status: 'queued', output: [], usage: null });
    const done = responseAnswer({ completed_at: 1_700_000_009 });
    const begin = { model: 'm', input: 'x', background: true } as const;
    const finished = { status: 'success', latency_ms: 9_000, response_content: 'Hello there', input_tokens: 11 };
    /** Queued until a poll asks. */
    const serve = (options: object = {}) => {
      h.fake.on('/responses', (seen, res) =>
        seen.body.stream
          ? sendEvents(seen, res, responseEvents(done).slice(0, 4), { done: false, named: true, ...options })
          : sendJson(res, queued),
      );
      h.fake.on('/responses/resp_1', (seen, res) =>
        seen.query.get('stream') === 'true'
          ? sendEvents(seen, res, responseEvents(done), { done: false, named: true })
          : sendJson(res, done),
      );
    };

    test('a stream that is cut off waits for the poll that resumes it', async () => {
      serve({ cut: true });
      const read = async () => {
        for await (const event of await h.client.responses.create({ ...begin, stream: true })) void event;
      };
      await expect(read()).rejects.toThrow();
      expect(await h.logs()).toHaveLength(0);
      for await (const event of await h.client.responses.retrieve('resp_1', { stream: true })) void event;
      expect(await h.log()).toMatchObject({ ...finished, stream: true, metadata: { background: true } });
    });

    test('a stream that is left midway is closed by a poll', async () => {
      serve();
      for await (const event of await h.client.responses.create({ ...begin, stream: true })) {
        if ((event as { type: string }).type.endsWith('.delta')) break;
      }
      expect(await h.logs()).toHaveLength(0);
      await h.client.responses.retrieve('resp_1');
      await h.client.responses.retrieve('resp_1');
      expect(await h.log()).toMatchObject(finished);
    });

    test('a cut stream that nobody resumes keeps its error and its pieces', async () => {
      serve({ cut: true });
      try {
        for await (const event of await h.client.responses.create({ ...begin, stream: true })) void event;
      } catch {
        // As the caller would see it without us.
      }
      await h.lab.shutdown({ timeoutMs: 3_000 });
      expect(h.receiver.logs).toHaveLength(1);
      expect(h.receiver.logs[0]).toMatchObject({ status: 'error', response_content: 'Hello' });
      expect(h.receiver.logs[0]?.latency_ms).toBeLessThan(3_000);
    });

    test('a raw response that is still queued is no success', async () => {
      serve();
      const response = await h.client.responses.create(begin).asResponse();
      expect(((await response.json()) as { status: string }).status).toBe('queued');
      expect(await h.logs()).toHaveLength(0);
      await h.client.responses.retrieve('resp_1');
      expect(await h.log()).toMatchObject(finished);
    });

    test('responses.stream() of a response id closes it', async () => {
      serve();
      await h.client.responses.create(begin);
      const runner = h.client.responses.stream({ response_id: 'resp_1' } as never);
      expect((await runner.finalResponse()).id).toBe('resp_1');
      expect(await h.log()).toMatchObject(finished);
    });
  });
});
