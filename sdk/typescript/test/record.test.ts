/** D: what is in a record. */
import { chatAnswer, pngBase64, responseAnswer, RESPONSE_USAGE, sendJson, USAGE, type Loose } from './fakeOpenAI';
import { captureWarnings, CLIENT_KEY, createHarness, harnessOfEachTest, HELLO, type Harness } from './harness';
import { MAJORS, V6 } from './majors';

describe.each(MAJORS)('$name', (major) => {
  const { openai, name } = major;
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test('D1 the input is what was sent, whatever the caller does to it later', async () => {
    const messages: Loose[] = [{ role: 'user', content: [{ type: 'text', text: 'first' }] }];
    const tools: Loose[] = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
    const call = h.client.chat.completions.create({ model: 'm', messages, tools });
    messages.push({ role: 'user', content: 'second' });
    messages[0].content[0].text = 'changed';
    tools[0].function.name = 'changed';
    const answer = await call;
    (answer.choices[0] as Loose).message.content = 'changed';
    expect(await h.log()).toMatchObject({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'first' }] }],
      tools: [{ function: { name: 'f' } }],
      response_content: 'Hello there',
      response: { choices: [{ message: { content: 'Hello there' } }] },
    });
  });

  test('D1 so are variables, metadata and tags, of the call and of the trace around it', async () => {
    const variables = { who: { name: 'first' } };
    const metadata = { deep: { team: 'first' } };
    const tags = { env: 'first' };
    const outer = { of: { trace: 'first' } };
    await h.lab.trace('step', async (step) => {
      step.set({ metadata: outer, tags: { step: 'first' } });
      const call = h.client.chat.completions.create({ ...HELLO, tags, promptlab: { variables, metadata } });
      variables.who.name = metadata.deep.team = tags.env = outer.of.trace = 'changed';
      step.set({ tags: { step: 'changed' }, metadata: { late: true } });
      await call;
    });
    const log = await h.log();
    expect(log).toMatchObject({
      prompt_variables: { who: { name: 'first' } },
      metadata: { deep: { team: 'first' }, of: { trace: 'first' } },
      tags: { env: 'first', step: 'first' },
    });
    expect(log.metadata).not.toHaveProperty('late');
  });

  test('D2 usage is normalised and raw, and missing stays missing', async () => {
    await h.client.chat.completions.create(HELLO);
    await h.client.responses.create({ model: 'm', input: 'x' });
    await h.client.embeddings.create({ model: 'e', input: 'x' });
    await h.client.moderations.create({ input: 'x' });
    h.fake.on('/chat/completions', (_, res) =>
      sendJson(res, { ...chatAnswer(), usage: { prompt_tokens: 1.5, completion_tokens: -1, odd: { deep: 1 } } }),
    );
    await h.client.chat.completions.create(HELLO);
    const [chat, response, embedding, moderation, odd] = await h.logs();
    expect(chat).toMatchObject({
      input_tokens: 11,
      output_tokens: 5,
      cached_input_tokens: 3,
      reasoning_tokens: 2,
      audio_input_tokens: 0,
      metadata: { usage: USAGE },
    });
    expect(response).toMatchObject({
      input_tokens: 11,
      output_tokens: 5,
      cached_input_tokens: 4,
      reasoning_tokens: 1,
      metadata: { usage: RESPONSE_USAGE },
    });
    expect(embedding).toMatchObject({ input_tokens: 7 });
    expect(embedding).not.toHaveProperty('output_tokens');
    expect(moderation).not.toHaveProperty('input_tokens');
    expect(odd).not.toHaveProperty('input_tokens');
    expect(odd?.metadata.usage.odd).toEqual({ deep: 1 });
  });

  test('D3 models, host, endpoint, parameters, tools, tier, fingerprint and request id', async () => {
    const format = { type: 'json_object' } as const;
    await h.client.chat.completions.create({
      ...HELLO,
      temperature: 0.25,
      max_tokens: 9,
      response_format: format,
      service_tier: 'auto',
      user: 'user-1',
      metadata: { team: 'blue' },
      store: false,
      tools: [{ type: 'function', function: { name: 'f' } }],
      tags: { env: 'prod' },
      promptlab: {
        slug: 's',
        version: 3,
        variables: { who: 'you' },
        name: 'n',
        sessionId: 'session',
        metadata: { more: 1 },
      },
    });
    expect(await h.log()).toMatchObject({
      model: 'gpt-4o-mini',
      response_model: 'gpt-4o-mini-2024-07-18',
      endpoint: 'chat.completions',
      provider: new URL(h.fake.url).host,
      // What the call itself had, so that it can be made again; what the record has besides is not among it.
      parameters: {
        temperature: 0.25,
        max_tokens: 9,
        response_format: format,
        service_tier: 'auto',
        user: 'user-1',
        metadata: { team: 'blue' },
        store: false,
      },
      tools: [{ type: 'function', function: { name: 'f' } }],
      service_tier: 'default',
      response: { system_fingerprint: 'fp_1' },
      provider_request_id: 'req_1',
      finish_reason: 'stop',
      user_id: 'user-1',
      session_id: 'session',
      name: 'n',
      prompt_slug: 's',
      prompt_version: 3,
      prompt_variables: { who: 'you' },
      tags: { env: 'prod' },
      metadata: { team: 'blue', more: 1, provider_host: new URL(h.fake.url).host },
      sdk: { name: 'promptlab', runtime: `node/${process.versions.node}` },
    });
  });

  test('D3 every kind of call', async () => {
    const file = await openai.toFile(Buffer.from('sound'), 'a.mp3', { type: 'audio/mpeg' });
    const picture = await openai.toFile(Buffer.from('picture'), 'a.png', { type: 'image/png' });
    await h.client.completions.create({ model: 'i', prompt: 'Once' });
    await h.client.images.generate({ model: 'gpt-image-1', prompt: 'a cat' });
    await h.client.images.edit({ model: 'gpt-image-1', prompt: 'a dog', image: picture });
    await h.client.audio.transcriptions.create({ model: 'whisper-1', file });
    await h.client.audio.translations.create({ model: 'whisper-1', file });
    const speech = await h.client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Say it' });
    expect(Buffer.from(await speech.arrayBuffer())).toHaveLength(2_000);
    const logs = await h.logs();
    expect(logs.map(({ endpoint, status }) => [endpoint, status])).toEqual(
      [
        'completions',
        'images.generate',
        'images.edit',
        'audio.transcriptions',
        'audio.translations',
        'audio.speech',
      ].map((endpoint) => [endpoint, 'success']),
    );
    const [completion, image, edit, transcription, , spoken] = logs;
    expect(completion).toMatchObject({ messages: 'Once', response_content: 'Hello there', input_tokens: 11 });
    expect(image).toMatchObject({ messages: 'a cat', input_tokens: 9, output_tokens: 4 });
    expect(JSON.stringify(image)).not.toContain(pngBase64(3_000).slice(0, 100));
    expect(edit?.messages).toMatchObject({
      prompt: 'a dog',
      image: expect.stringContaining('[File a.png image/png 7 bytes]'),
    });
    expect(transcription).toMatchObject({ response_content: 'Spoken words', input_tokens: 9, output_tokens: 4 });
    expect(transcription?.messages.file).toContain('a.mp3');
    expect(spoken).toMatchObject({ messages: 'Say it', response: { content_type: 'audio/mpeg' } });
  });

  test('D10 times: the start by the wall clock, durations by a clock that never steps back', async () => {
    const { now } = Date;
    const before = now();
    const shifted = jest
      .spyOn(Date, 'now')
      .mockImplementation(() => now() - (h.fake.requests.length > 0 ? 3_600_000 : 0));
    await h.client.chat.completions.create(HELLO);
    shifted.mockRestore();
    const log = await h.log();
    expect(Date.parse(log.started_at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(log.started_at)).toBeLessThan(before + 1_000);
    expect(log.latency_ms).toBeGreaterThan(0);
    expect(log.latency_ms).toBeLessThan(5_000);
    expect(Number.isNaN(Date.parse(h.receiver.batches[0]?.sentAt ?? ''))).toBe(false);
  });

  test('D11 management calls are not recorded', async () => {
    for await (const model of h.client.models.list()) void model;
    h.fake.on('/chat/completions/x', (_, res) => sendJson(res, chatAnswer()));
    await h.client.chat.completions.retrieve('x');
    h.fake.on('/responses/resp_9', (_, res) => sendJson(res, responseAnswer({ id: 'resp_9' })));
    await h.client.responses.retrieve('resp_9');
    expect(await h.logs()).toHaveLength(0);
  });

  test('D3 calls of AzureOpenAI are recorded, with azure as their provider', async () => {
    const azure = h.lab.track(
      new openai.AzureOpenAI({ apiKey: CLIENT_KEY, apiVersion: '2024-10-21', baseURL: h.fake.url, maxRetries: 0 }),
    );
    await azure.chat.completions.create({ ...HELLO, prompt_slug: 'azure' });
    expect(await h.log()).toMatchObject({ provider: 'azure', status: 'success', prompt_slug: 'azure' });
    expect(name).toContain('openai');
  });
});

test('D13 one warning where the client talks to PromptLab itself', async () => {
  const h = await createHarness(V6);
  const warnings = captureWarnings();
  h.make({}, { baseURL: `${h.receiver.url}/v1` });
  h.make({}, { baseURL: `${h.receiver.url}/v1` });
  expect(warnings.lines.filter((line) => line.includes('PromptLab itself'))).toHaveLength(1);
  warnings.restore();
  await h.close();
});
