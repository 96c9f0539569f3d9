/** B1, D7: nothing odd in a call or an answer costs the record, or changes the call. */
import { Readable } from 'node:stream';
import { chatAnswer, sendJson, type Json, type Loose } from './fakeOpenAI';
import { captureWarnings, harnessOfEachTest, HELLO, type Harness } from './harness';
import { MAJORS } from './majors';

describe.each(MAJORS)('$name', (major) => {
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test('D7 nothing odd in the parameters costs the record', async () => {
    const circular: Json = { name: 'loop' };
    circular.self = circular;
    const throwing = Object.defineProperty({}, 'boom', { enumerable: true, get: () => { throw new Error('no'); } }); // prettier-ignore
    const odd = {
      bigint: 10n,
      symbol: Symbol('s'),
      date: new Date(0),
      badDate: new Date(NaN),
      map: new Map([['k', 1]]),
      set: new Set([1, 2]),
      buffer: Buffer.from('abc'),
      blob: new Blob(['abc'], { type: 'text/plain' }),
      stream: Readable.from(['a']),
      web: new ReadableStream(),
      fn: function named() {},
      circular,
      throwing,
      badJson: { toJSON: () => { throw new Error('never'); } }, // prettier-ignore
      nan: NaN,
      error: new Error('e'),
      regexp: /x/,
      promise: Promise.resolve(1),
      proxy: new Proxy({}, { ownKeys: () => { throw new Error('proxy'); } }), // prettier-ignore
      deep: Array.from({ length: 200 }).reduce<Json>((inner) => ({ inner }), {}),
      lone: '\ud800',
      ['__proto__x']: 1,
    };
    const { client } = h.make(
      {},
      {
        fetch: async () =>
          new Response(JSON.stringify(chatAnswer()), { headers: { 'content-type': 'application/json' } }),
      },
    );
    // The library may refuse such a body; that is its business.
    const asked = { ...HELLO, metadata: odd, odd } as Loose;
    try {
      await client.chat.completions.create(asked);
    } catch {
      // JSON.stringify in the library.
    }
    const log = await h.log();
    expect(log.parameters.odd).toMatchObject({
      bigint: '10',
      symbol: 'Symbol(s)',
      date: '1970-01-01T00:00:00.000Z',
      map: { k: 1 },
      set: [1, 2],
      buffer: '[Buffer 3 bytes]',
      blob: '[Blob text/plain 3 bytes]',
      stream: '[stream]',
      web: '[stream]',
      fn: '[function named]',
      circular: { name: 'loop', self: '[circular]' },
      throwing: { boom: '[computed]' },
      badJson: '[computed]',
      nan: 'NaN',
      promise: '[promise]',
      proxy: '[unreadable: proxy]',
    });
    expect(log.metadata.truncated).toBe(true);
  });

  test('D7 nor do odd messages, models and extras', async () => {
    const warnings = captureWarnings();
    const bodies: Loose[] = [
      { model: 5, messages: 'text' },
      { model: 'a\nb'.repeat(300), messages: null },
      { messages: [null, 1, 'x', [], { role: 7, content: { a: 1 } }, { content: 3 }] },
      { model: '', messages: {} },
      { ...HELLO, prompt_slug: 7, tags: ['x'], trace_id: {}, promptlab: 'x', prompt_version: 1.5 },
      {
        ...HELLO,
        tags: {
          good: 1,
          [' ']: 'x',
          nested: { a: 1 },
          nothing: null,
          ['k'.repeat(400)]: 'v'.repeat(400),
          sym: Symbol('s'),
        },
      },
      { ...HELLO, promptlab: { metadata: 'x', variables: [1], tags: null, name: 3, userId: '' } },
      {},
    ];
    for (const body of bodies) await h.client.chat.completions.create(body).catch(() => {});
    const logs = await h.logs();
    expect(logs).toHaveLength(bodies.length);
    expect(h.receiver.problems).toEqual([]);
    expect(logs[5]?.tags).toMatchObject({ good: '1', nested: '{"a":1}' });
    expect(logs[4]).not.toHaveProperty('prompt_slug');
    expect(warnings.lines.filter((line) => line.includes('"tags"'))).toHaveLength(1);
    warnings.restore();
  });

  test('D7 nor does a getter that throws: the rest of the call is recorded, and its own error', async () => {
    const boom = (): never => {
      throw new Error('no');
    };
    const bodies: Loose[] = [
      { model: 'm', get messages() { return boom(); } }, // prettier-ignore
      { messages: HELLO.messages, prompt_slug: 's', get model() { return boom(); } }, // prettier-ignore
      { ...HELLO, stream: true, prompt_slug: 's', get metadata() { return boom(); } }, // prettier-ignore
      { ...HELLO, promptlab: { name: 'n', get slug() { return boom(); } } }, // prettier-ignore
      { ...HELLO, tags: { good: 'x', get env() { return boom(); } } }, // prettier-ignore
    ];
    const { client } = h.make({ streamUsage: 'always' });
    const errors: unknown[] = [];
    for (const body of bodies) {
      try {
        await client.chat.completions.create(body);
      } catch (thrown) {
        errors.push((thrown as Error).message);
      }
    }
    expect(errors).toEqual(['no', 'no', 'no']);
    const logs = await h.logs();
    expect(logs).toMatchObject([
      { model: 'm', messages: [{ content: '[computed]' }], status: 'error', error: { message: 'no' } },
      { messages: HELLO.messages, prompt_slug: 's', status: 'error', error: { message: 'no' } },
      { ...HELLO, prompt_slug: 's', stream: true, status: 'error', error: { message: 'no' } },
      { ...HELLO, name: 'n', status: 'success', response_content: 'Hello there' },
      { ...HELLO, tags: { good: 'x', env: '[unreadable]' }, status: 'success' },
    ]);
    expect(h.fake.requests.map(({ body }) => body)).toEqual([HELLO, HELLO]);
  });

  test('B1 an odd request id of the provider costs no record', async () => {
    for (const id of ['', ' ', 'a\tb', 'x'.repeat(300)]) {
      h.fake.on('/chat/completions', (_, res) => sendJson(res, chatAnswer(), 200, { 'x-request-id': id }));
      await h.client.chat.completions.create(HELLO);
    }
    const ids = (await h.logs()).map(({ provider_request_id: id }) => id);
    expect(ids).toEqual([undefined, undefined, 'a b', 'x'.repeat(256)]);
  });
});
