/** D4 to D6: keys, tokens, pictures and vectors are not in a record, nor is what shall stay in the process. */
import { chatAnswer, pngBase64, responseAnswer, sendJson, type Loose } from './fakeOpenAI';
import { CLIENT_KEY, harnessOfEachTest, HELLO, LAB_KEY, type Harness } from './harness';
import { MAJORS } from './majors';

describe.each(MAJORS)('$name', (major) => {
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test('D4 no key, header or client option is ever in a record', async () => {
    const secret = 'header-secret-12345678';
    const { client } = h.make({}, { defaultHeaders: { 'x-secret': secret }, organization: 'org-secret-1' });
    h.fake.on('/chat/completions', (seen, res) =>
      seen.body.model === 'bad'
        ? sendJson(res, { error: { message: `key ${CLIENT_KEY} refused`, type: 'x' } }, 401, {
            'set-cookie': 'session=cookie-secret',
          })
        : sendJson(res, chatAnswer()),
    );
    await client.chat.completions.create(HELLO, { headers: { authorization: `Bearer ${secret}` } });
    await client.chat.completions.create({ ...HELLO, model: 'bad' }).catch(() => {});
    await client.responses.create({
      model: 'm',
      input: 'x',
      tools: [
        { type: 'mcp', server_label: 's', server_url: 'https://x', headers: { Authorization: `Bearer ${secret}` } },
      ],
    } as Loose);
    const text = JSON.stringify(await h.logs());
    for (const hidden of [CLIENT_KEY, LAB_KEY, secret, 'org-secret-1', 'cookie-secret'])
      expect(text).not.toContain(hidden);
    expect(JSON.parse(h.fake.requests[2]?.text ?? '').tools[0].headers.Authorization).toBe(`Bearer ${secret}`);
  });

  test('D4 what a tool is to authenticate with is hidden, in the call, in its echo and in a log by hand', async () => {
    const secret = 'tool-secret-12345678';
    const tools = [
      {
        type: 'mcp',
        server_label: 's',
        authorization: secret,
        headers: { 'X-Goog-Api-Key': secret, 'x-nested': [secret] },
        access_token: { value: secret },
      },
      { type: 'shell', environment: { network_policy: { domain_secrets: [{ domain: 'd', value: secret }] } } },
      { type: 'function', name: 'login', parameters: { properties: { password: { type: 'string' } } } },
    ];
    h.fake.on('/responses', (_, res) => sendJson(res, responseAnswer({ tools })));
    await h.client.responses.create({
      model: 'm',
      input: [{ type: 'additional_tools', tools }],
      tools,
      client_secret: secret,
      api_key: secret,
    } as Loose);
    h.lab.api.logRequest({ model: 'm', provider: 'p', messages: [], tools, response: { tools } });
    const logs = await h.logs();
    expect(JSON.stringify(logs)).not.toContain(secret);
    for (const hidden of [logs[0]?.tools, logs[0]?.response.tools, logs[0]?.messages[0].tools, logs[1]?.tools]) {
      expect(hidden[0].headers).toEqual({
        'X-Goog-Api-Key': '[removed: credential]',
        'x-nested': '[removed: credential]',
      });
      expect(hidden[2].parameters.properties.password).toEqual({ type: 'string' });
    }
    expect(logs[0]?.parameters).toEqual({ client_secret: '[removed: credential]', api_key: '[removed: credential]' });
    expect(JSON.parse(h.fake.requests[0]?.text ?? '').tools).toEqual(tools);
  });

  test('D4 a token of an answer is no credential', async () => {
    const logprobs = { content: [{ token: 'Hello', logprob: -0.5 }] };
    const answer = chatAnswer();
    h.fake.on('/chat/completions', (_, res) =>
      sendJson(res, { ...answer, choices: [{ ...answer.choices[0], logprobs }] }),
    );
    await h.client.chat.completions.create(HELLO);
    expect((await h.log()).response.choices[0].logprobs).toEqual(logprobs);
  });

  test('D5 pictures and long base64 become a placeholder with type, size and hash', async () => {
    const data = pngBase64(30_000);
    const url = `data:image/png;base64,${data}`;
    await h.client.chat.completions.create({
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url } },
            { type: 'text', text: `see ${url} here` },
          ],
        },
      ],
    });
    await h.client.responses.create({
      model: 'm',
      input: [{ role: 'user', content: [{ type: 'input_file', file_data: data }] }],
    } as Loose);
    const [first, second] = await h.logs();
    expect(first?.messages[0].content[0].image_url.url).toMatch(
      /^\[base64 image\/png, 30000 bytes, hash [0-9a-f]{16}\]$/,
    );
    expect(first?.messages[0].content[1].text).toMatch(
      /^see \[base64 image\/png, 30000 bytes, hash [0-9a-f]{16}\] here$/,
    );
    expect(second?.messages[0].content[0].file_data).toMatch(/^\[base64 data, 30000 bytes, hash/);
    expect(JSON.parse(h.fake.requests[0]?.text ?? '').messages[0].content[0].image_url.url).toBe(url);
    expect(JSON.stringify(await h.logs()).length).toBeLessThan(10_000);
  });

  test('D5 base64 inside of a longer text, and in lines', async () => {
    const data = pngBase64(30_000);
    const inLines = data.replace(/.{76}/g, '$&\r\n');
    const texts = [
      JSON.stringify({ ok: true, picture: data, note: 'end' }),
      JSON.stringify({ picture: inLines }),
      inLines,
      `KEY=${data} and ${data}`,
      // Nothing of these is base64.
      Array.from({ length: 500 }, (_, i) => `CustomerOrder${i}`).join('\n'),
      'abc'.repeat(2_000),
      'An ordinary text. '.repeat(200),
    ];
    const messages = texts.map((content) => ({ role: 'tool' as const, tool_call_id: 't', content }));
    await h.client.chat.completions.create({ model: 'm', messages });
    const { messages: logged } = await h.log();
    const placeholder = expect.stringMatching(/^\[base64 data, 30000 bytes, hash [0-9a-f]{16}\]$/);
    expect(JSON.parse(logged[0].content)).toEqual({ ok: true, picture: placeholder, note: 'end' });
    expect(JSON.parse(logged[1].content)).toEqual({ picture: placeholder });
    expect(logged[2].content).toEqual(placeholder);
    expect(logged[3].content).toMatch(
      /^KEY=\[base64 data, 30000 bytes, [^\]]*\] and \[base64 data, 30000 bytes, [^\]]*\]$/,
    );
    expect(logged.slice(4)).toEqual(messages.slice(4));
  });

  test('D6 vectors are counted, and kept only where that is asked for', async () => {
    await h.client.embeddings.create({ model: 'e', input: 'x' });
    await h.client.embeddings.create({ model: 'e', input: 'x', encoding_format: 'float' });
    await h.client.embeddings.create({ model: 'e', input: 'x', encoding_format: 'base64' });
    await h.make({ captureEmbeddings: true }).client.embeddings.create({ model: 'e', input: 'x' });
    const logs = await h.logs();
    const kept = logs.find(({ response }) => Array.isArray(response.data));
    const counted = logs.filter((log) => log !== kept);
    expect(counted.map(({ response }) => response.data)).toEqual([
      { count: 1, dimensions: 3 },
      { count: 1, dimensions: 3 },
      { count: 1, dimensions: 3 },
    ]);
    expect(kept?.response.data[0].embedding).toEqual([0.5, 0.25, 0.125]);
  });

  test('D4 what stays in the process does so in a log by hand as well', async () => {
    const { lab } = h.make({ captureInput: false, captureOutput: false });
    const words = { messages: [{ role: 'user', content: 'secret' }], tools: ['secret'], response_content: 'secret' };
    lab.api.logRequest({
      model: 'm',
      provider: 'p',
      ...words,
      response: { text: 'secret' },
      parameters: { stop: 'secret' },
      promptVariables: { who: 'secret' },
      input_tokens: 3,
    });
    const log = await h.log();
    expect(log).toMatchObject({ model: 'm', messages: [], input_tokens: 3 });
    expect(JSON.stringify(log)).not.toContain('secret');
  });
});
