/** D8, D9: a record is never larger than the server takes, and says what was cut. */
import { chatAnswer, sendJson, USAGE, type Json, type Loose } from './fakeOpenAI';
import { captureWarnings, harnessOfEachTest, HELLO, type Harness } from './harness';
import { MAJORS } from './majors';
import { hang } from './receiver';

describe.each(MAJORS)('$name', (major) => {
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test('D8, D9 what is too long is cut with a marker, never dropped, and the record says so', async () => {
    const { client } = h.make({ limits: { fieldBytes: 1_000, recordBytes: 20_000 } });
    const long = 'long '.repeat(2_000);
    await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: long }] });
    const many = Array.from({ length: 100 }, (_, i) => ({
      role: 'user' as const,
      content: `${i} ${'word '.repeat(150)}`,
    }));
    await client.chat.completions.create({ model: 'm', messages: many });
    const [field, record] = await h.logs();
    expect(field?.messages[0].content).toHaveLength(1_000);
    expect(field?.messages[0].content).toContain('…[truncated, 10000 characters in all]');
    expect(field?.metadata.truncated).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThanOrEqual(20_000);
    expect(record?.messages).toHaveLength(100);
    expect(record?.messages[7].content).toMatch(/^7 word word .*…\[truncated, 752 characters in all\]$/);
    expect(record?.metadata).toMatchObject({ truncated: true });
  });

  test('D8, D9 a record of many short texts loses some out of the middle, and its first and last are whole', async () => {
    const { client } = h.make({ limits: { recordBytes: 20_000 } });
    const messages = Array.from({ length: 1_000 }, (_, i) => ({
      role: 'user' as const,
      content: `${i} ${'é'.repeat(60)}`,
    }));
    const variables = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`name ${i}`, 'x'.repeat(50)]));
    await client.chat.completions.create({ model: 'm', messages, trace_id: 't'.repeat(256), promptlab: { variables } });
    const log = await h.log();
    expect(Buffer.byteLength(JSON.stringify(log))).toBeLessThanOrEqual(20_000);
    expect(Buffer.byteLength(JSON.stringify(log))).toBeGreaterThan(15_000);
    const marker = log.messages.findIndex(({ role }: Json) => role === 'unknown');
    const left = Number(/^\[truncated: (\d+) more\]$/.exec(log.messages[marker].content)?.[1]);
    expect(log.messages.length - 1 + left).toBe(1_000);
    expect(log.messages[0]).toEqual(messages[0]);
    expect(log.messages.at(-1)).toEqual(messages.at(-1));
    const names = Object.keys(log.prompt_variables);
    expect(names.length - 1 + Number(/\d+/.exec(log.prompt_variables['[truncated]'])?.[0])).toBe(900);
    expect(log.trace_id).toBe('t'.repeat(256));
    expect(log.metadata).toMatchObject({ truncated: true, original_bytes: expect.any(Number) });
    expect(h.receiver.batches).toHaveLength(1);
  });

  test('D8 a record never holds more values than the server takes, and never loses its usage', async () => {
    const numbers = Array.from({ length: 80_000 }, (_, i) => i);
    const answer = chatAnswer();
    h.fake.on('/chat/completions', (_, res) =>
      sendJson(res, { ...answer, choices: [{ ...answer.choices[0], numbers }], usage: USAGE }),
    );
    await h.client.chat.completions.create({ ...HELLO, numbers } as Loose);
    await h.client.chat.completions.create({ model: 'm', messages: numbers } as Loose);
    await h.client.chat.completions.create({
      ...HELLO,
      tools: numbers,
      promptlab: { variables: { numbers } },
    } as Loose);
    const logs = await h.logs();
    expect(logs).toHaveLength(3);
    for (const log of logs) {
      expect(log.metadata).toMatchObject({ usage: USAGE, truncated: true });
      expect(log).toMatchObject({ input_tokens: 11, response_content: 'Hello there' });
    }
    expect(logs[0]?.parameters.numbers).toHaveLength(80_000);
    expect(logs[0]?.response.choices[0].numbers.at(-1)).toMatch(/^\[truncated: \d+ more\]$/);
    expect(logs[1]?.messages.at(-1)).toMatchObject({ role: 'unknown', content: expect.stringMatching(/truncated/) });
  });

  test('D8 large variables leave room for the conversation', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => ({ a: i, b: i }));
    await h.client.chat.completions.create({ ...HELLO, promptlab: { variables: { rows } } });
    expect((await h.log()).messages).toEqual(HELLO.messages);
  });

  test('D8 tags that are changed after the call are recorded as they were', async () => {
    const tags = { user: 'alice' };
    const { lab, client } = h.make({ tags });
    await client.chat.completions.create(HELLO);
    tags.user = 'bob';
    await lab.flush();
    expect(await h.log()).toMatchObject({ tags: { user: 'alice' } });
  });

  test('D8 of more messages than a record may hold the first are kept, and the rest is counted', async () => {
    const messages = (count: number, of: (i: number) => unknown) => Array.from({ length: count }, (_, i) => of(i));
    const call = async (list: unknown) => h.client.chat.completions.create({ model: 'm', messages: list } as Loose);
    await call(messages(40_000, (i) => ({ role: 'user', content: `message ${i}` })));
    await call(messages(95_000, (i) => `text ${i}`));
    const [whole, odd] = (await h.logs()).map((log) => log.messages as { role: string; content: string }[]);
    const last = (list: typeof whole) => Number(/^\[truncated: (\d+) more\]$/.exec(list?.at(-1)?.content ?? '')?.[1]);
    expect(whole?.length).toBeGreaterThan(29_000);
    expect(whole?.[20_000]).toEqual({ role: 'user', content: 'message 20000' });
    expect((whole?.length ?? 0) - 1 + last(whole)).toBe(40_000);
    expect(odd?.length).toBeGreaterThan(29_000);
    expect(odd?.[20_000]).toEqual({ role: 'unknown', content: 'text 20000' });
    expect((odd?.length ?? 0) - 1 + last(odd)).toBe(95_000);
  });

  test('D9 variables and metadata are cut where every text is, and say so', async () => {
    const { client } = h.make({ limits: { fieldBytes: 200_000 } });
    const long = 'v'.repeat(150_000);
    await client.chat.completions.create({ ...HELLO, promptlab: { variables: { long }, metadata: { long } } });
    await client.chat.completions.create({ ...HELLO, promptlab: { variables: { long: long + long } } });
    await client.chat.completions.create({ ...HELLO, promptlab: { metadata: { ['k'.repeat(300)]: 1 } } });
    const many = (name: string) => Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`${name}${i}`, 1]));
    await client.chat.completions.create({
      ...HELLO,
      metadata: many('a'),
      promptlab: { metadata: many('b') },
    } as Loose);
    const [whole, ...cut] = await h.logs();
    expect(whole).toMatchObject({ prompt_variables: { long }, metadata: { long } });
    expect(whole?.metadata).not.toHaveProperty('truncated');
    expect(cut.map(({ metadata }) => metadata.truncated)).toEqual([true, true, true]);
    expect(cut[0]?.prompt_variables.long).toContain('…[truncated, 300000 characters in all]');
  });

  test('D8 what a variable weighs is counted in the queue', async () => {
    const warnings = captureWarnings();
    h.receiver.alwaysMisbehave(hang);
    const { lab, client } = h.make({ limits: { queueBytes: 100_000 } });
    for (let i = 0; i < 20; i++) {
      await client.chat.completions.create({ ...HELLO, promptlab: { variables: { long: 'v'.repeat(90_000) } } });
    }
    expect(lab.stats().queuedBytes).toBeLessThanOrEqual(100_000);
    expect(lab.stats()).toMatchObject({ queued: 1, dropped: { queue_full: 19 } });
    warnings.restore();
  });
});
