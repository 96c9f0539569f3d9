/** A12 to A14: what is sent is what the caller wrote, without our extras, on all methods that are recorded. */
import { chatAnswer, sendEvents, sendJson, textChunks, type Loose } from './fakeOpenAI';
import { harnessOfEachTest, HELLO, type Harness } from './harness';
import { chatHelpers, MAJORS } from './majors';

describe.each(MAJORS)('$name', (major) => {
  const { openai, name } = major;
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test('A12 the second argument reaches the library', async () => {
    h.fake.on('/chat/completions', (_, res) =>
      h.fake.requests.length < 3 ? sendJson(res, { error: { message: 'busy' } }, 500) : sendJson(res, chatAnswer()),
    );
    await h.client.chat.completions.create(HELLO, {
      headers: { 'x-mine': 'yes' },
      maxRetries: 2,
      idempotencyKey: 'once',
    });
    expect(h.fake.requests).toHaveLength(3);
    for (const { headers } of h.fake.requests) expect(headers['x-mine']).toBe('yes');
    expect(h.fake.requests.map(({ headers }) => headers['x-stainless-retry-count'])).toEqual(['0', '1', '2']);
    // The library sends no idempotency key unless the client names a header for it.
    for (const client of [h.client, h.raw] as Loose[]) {
      client.idempotencyHeader = 'idempotency-key';
      await client.chat.completions.create(HELLO, { idempotencyKey: 'once' });
      expect(h.fake.requests.at(-1)?.headers['idempotency-key']).toBe('once');
    }
    h.fake.on('/chat/completions', () => new Promise(() => {}));
    const [mine, theirs] = await Promise.all(
      [h.client, h.raw].map((client) =>
        client.chat.completions.create(HELLO, { timeout: 20 }).catch((error: Error) => error),
      ),
    );
    expect(mine).toBeInstanceOf(openai.APIConnectionError);
    expect(mine?.constructor).toBe(theirs?.constructor);
  });

  test('A13 the parameters are not changed, and frozen ones work', async () => {
    const params = { ...HELLO, tags: { env: 'test' }, prompt_slug: 'p', trace_id: 't', promptlab: { name: 'n' } };
    const before = JSON.stringify(params);
    await h.client.chat.completions.create(params);
    expect(JSON.stringify(params)).toBe(before);
    const frozen = Object.freeze({ ...params, messages: Object.freeze([Object.freeze({ ...HELLO.messages[0] })]) });
    await h.client.chat.completions.create(frozen as Loose);
    await h.client.embeddings.create(Object.freeze({ model: 'm', input: 'x', tags: { a: 'b' } }));
    const { client } = h.make({ streamUsage: 'always' });
    const streamed = Object.freeze({ ...HELLO, stream: true as const });
    for await (const part of await client.chat.completions.create(streamed)) void part;
    expect(h.fake.requests.at(-1)?.body.stream_options).toEqual({ include_usage: true });
    expect(Object.keys(streamed)).toEqual([...Object.keys(HELLO), 'stream']);
    expect(await h.logs()).toHaveLength(4);
  });

  test('A14 the extras never reach the wire, and are the only difference', async () => {
    const extras = {
      prompt_slug: 'p',
      promptSlug: 'p',
      prompt_version: 1,
      promptVersion: 1,
      trace_id: 't',
      traceId: 't',
      tags: { env: 'x' },
      promptlab: { name: 'n', metadata: { a: 1 } },
    };
    const image = { model: 'gpt-image-1', prompt: 'a cat' };
    const calls: ((client: Loose, more: object) => Promise<unknown>)[] = [
      (c, more) => c.chat.completions.create({ ...HELLO, temperature: 0.5, metadata: { k: 'v' }, user: 'u', ...more }),
      async (c, more) => {
        for await (const part of await c.chat.completions.create({ ...HELLO, stream: true, ...more })) void part;
      },
      (c, more) => chatHelpers(major, c).parse({ ...HELLO, ...more }),
      (c, more) =>
        chatHelpers(major, c)
          .stream({ ...HELLO, ...more })
          .finalContent(),
      (c, more) =>
        chatHelpers(major, c)
          .runTools({ ...HELLO, tools: [], ...more })
          .finalContent(),
      (c, more) => c.responses.create({ model: 'gpt-4o-mini', input: 'Hi', ...more }),
      (c, more) => c.responses.parse({ model: 'gpt-4o-mini', input: 'Hi', ...more }),
      (c, more) => c.responses.stream({ model: 'gpt-4o-mini', input: 'Hi', ...more }).finalResponse(),
      (c, more) => c.embeddings.create({ model: 'e', input: ['a', 'b'], ...more }),
      (c, more) => c.completions.create({ model: 'i', prompt: 'Once', ...more }),
      (c, more) => c.moderations.create({ input: 'bad', ...more }),
      (c, more) => c.images.generate({ ...image, ...more }),
    ];
    for (const call of calls) {
      await call(h.raw, {});
      await call(h.client, extras);
      const [rawRequest, trackedRequest] = h.fake.requests.slice(-2);
      expect(trackedRequest?.text).toBe(rawRequest?.text);
    }
    const logs = await h.logs();
    expect(logs).toHaveLength(calls.length);
    for (const log of logs)
      expect(log).toMatchObject({ prompt_slug: 'p', trace_id: 't', tags: { env: 'x' }, name: 'n' });
  });

  test('A14 multipart calls are stripped too', async () => {
    const file = await openai.toFile(Buffer.from('sound'), 'a.mp3', { type: 'audio/mpeg' });
    await (h.client.audio.transcriptions as Loose).create({
      file,
      model: 'whisper-1',
      prompt_slug: 'p',
      tags: { a: 'b' },
    });
    expect(h.fake.requests[0]?.text).toContain('whisper-1');
    expect(h.fake.requests[0]?.text).not.toContain('prompt_slug');
    expect(h.fake.requests[0]?.text).not.toContain('tags');
    expect(await h.log()).toMatchObject({ prompt_slug: 'p', endpoint: 'audio.transcriptions' });
  });

  test('A14, D3 the rarer methods are recorded too, and get no extras', async () => {
    const image = await openai.toFile(Buffer.from('pixels'), 'a.png', { type: 'image/png' });
    const { beta, images, responses } = h.client as Loose;
    const extras = { prompt_slug: 'p' };
    const calls: [endpoint: string, call: () => Promise<unknown>][] = [
      ['images.createVariation', () => images.createVariation({ image, model: 'dall-e-2', ...extras })],
    ];
    for (const owner of [responses, beta.responses]) {
      if (owner !== responses && owner)
        calls.push(['responses', () => owner.create({ model: 'm', input: 'Hi', ...extras })]);
      if (owner?.compact)
        calls.push(['responses.compact', () => owner.compact({ model: 'm', input: 'Hi', ...extras })]);
    }
    expect(calls).toHaveLength(/v[67]$/.test(name) ? 4 : 1);
    for (const [, call] of calls) await call();
    const logs = await h.logs();
    expect(logs.map(({ endpoint, status, prompt_slug }) => [endpoint, status, prompt_slug])).toEqual(
      calls.map(([endpoint]) => [endpoint, 'success', 'p']),
    );
    for (const { text } of h.fake.requests) expect(text).not.toContain('prompt_slug');
    for (const log of logs.filter(({ endpoint }) => endpoint !== 'images.createVariation'))
      expect(log).toMatchObject({ input_tokens: 11, messages: 'Hi' });
  });

  test('A14, D3 Azure, with its deployments in the path', async () => {
    const azure: Loose = h.lab.track(
      new openai.AzureOpenAI({
        apiKey: 'azure-key-0123456789',
        endpoint: new URL(h.fake.url).origin,
        apiVersion: '2024-10-21',
        maxRetries: 1,
      }),
    );
    h.fake.on('/chat/completions', (seen, res) =>
      h.fake.requests.length === 1
        ? sendJson(res, { error: { message: 'busy' } }, 500, { 'retry-after-ms': '1' })
        : seen.body.stream
          ? sendEvents(seen, res, textChunks(['Hello', ' there']))
          : sendJson(res, chatAnswer()),
    );
    await azure.chat.completions.create({ ...HELLO, prompt_slug: 'p' });
    for await (const part of await azure.chat.completions.create({ ...HELLO, stream: true })) void part;
    await chatHelpers(major, azure).parse({ ...HELLO });
    await azure.responses.create({ model: 'gpt-4o-mini', input: 'Hi' });
    await azure.embeddings.create({ model: 'e', input: 'x' });
    await azure.images.generate({ model: 'gpt-image-1', prompt: 'a cat' });
    const logs = await h.logs();
    expect(logs.map(({ endpoint, provider, status }) => `${provider} ${endpoint} ${status}`)).toEqual([
      'azure chat.completions success',
      'azure chat.completions success',
      'azure chat.completions success',
      'azure responses success',
      'azure embeddings success',
      'azure images.generate success',
    ]);
    expect(logs[0]).toMatchObject({ prompt_slug: 'p', model: 'gpt-4o-mini', metadata: { attempts: 2 } });
    for (const { headers, text } of h.fake.requests) {
      expect(headers['api-key']).toBe('azure-key-0123456789');
      expect(text).not.toContain('prompt_slug');
    }
    expect(JSON.stringify(logs)).not.toContain('azure-key');
  });
});
