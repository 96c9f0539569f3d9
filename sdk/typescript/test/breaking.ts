/** A23: whatever of ours throws, the caller's call is as without us. Functions are made to throw, one at a time, while a client is used. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type OpenAI from 'openai';
import {
  chatAnswer,
  delta,
  responseAnswer,
  responseEvents,
  sendError,
  sendEvents,
  sendJson,
  startFakeOpenAI,
  textChunks,
  type FakeOpenAI,
  type Loose,
} from './fakeOpenAI';
import { HELLO, until } from './harness';
import type { Major } from './majors';
import { PromptLab } from '../src/index';
import type * as SdkModule from '../src/index';
import { SOURCE, loadAnew } from './freshModules';
import { refuse, startReceiver, type Receiver, type Record_ } from './receiver';

/** What only ends the work of the library, so that waiting for it before is in vain. */
const AT_THE_END: ReadonlySet<string> = new Set([
  'forgetInstance',
  'shutdown',
  'giveUpBackground',
  'giveUpAll',
  'unwatchExit',
  'cutUploads',
  'clear',
]);
/** The guard itself, what runs when modules load, and the entry that only lists names. */
const NOT_BROKEN = new Set(['runtime/guard', 'runtime/globals', 'index', 'wire', 'version']);

const modules = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => relative(SOURCE, join(SOURCE, file)).replace(/\.ts$/, ''))
  .filter((name) => !NOT_BROKEN.has(name));

export type Case = [module: string, name: string, member: string | undefined];

/** `module name`, and for a class `module Class.method`. */
const whole = loadAnew();
export const cases = modules.flatMap((name) => {
  const exported = whole(name);
  return Object.entries(exported).flatMap(([key, value]): Case[] => {
    if (typeof value !== 'function') return [];
    const { prototype } = value as { prototype?: object };
    if (!/^class\s/.test(Function.prototype.toString.call(value)) || key === 'PromptLabError')
      return [[name, key, undefined]];
    const members = Object.getOwnPropertyNames(prototype).filter((member) => member !== 'constructor');
    return [[name, key, 'constructor'], ...members.map((member): Case => [name, key, member])];
  });
});

/** Every other case: each of two test files takes one half. */
export function casesOfPart(part: 0 | 1): Case[] {
  return cases.filter((_, index) => index % 2 === part);
}

/**
 * What the calls below do not come to; everything else must have thrown at least once, or its case proves nothing.
 * Listed by name, so that a function that is no longer reached is noticed.
 */
const NOT_REACHED = new Set([
  // Only at the end of a process, after minutes, or when a stream is collected.
  'runtime/unconsumedStreams settleUnconsumed',
  'runtime/unconsumedStreams sweep',
  'record/callRecorder CallRecorder abandon',
  'record/callRecorder CallRecorder giveUpBackground',
  'delivery/delivery Delivery uploadsInFlight',
  // Called by hand, and left out where it is the one that throws.
  'client/defaultInstance flush',
  'client/defaultInstance trace',
  // Called within their own module, which keeps its own name for them.
  'record/callExtras hasExtras',
  'record/callError hideSecrets',
  'runtime/truncation truncationMarker',
  // The calls below are not sent again.
  'record/retryCounts addRetry',
  'delivery/encode encodeRecord',
  // Where something is left out of a very large record.
  'runtime/truncation countLeftOut',
  // Where something else is broken, or the server refuses a record.
  'delivery/encode shrinkEncoded',
  'delivery/batchSize BatchSize halve',
  'delivery/deliveryLog DeliveryLog lose',
  // Only where an upload ends with its request, as in Workers.
  'delivery/uploads settledWithin',
  'delivery/uploads waitForOthers',
  // Only once an upload was stored, which the busy server puts off.
  'delivery/batchSize BatchSize grow',
  // Only where a record comes before the timer of the one before it has run out, which a busy machine does not see.
  'delivery/batchSize BatchSize isReached',
  'delivery/retryPause RetryPause end',
  'delivery/retryPause RetryPause tryNow',
  'errors PromptLabError',
  'errors messageOf',
  // openai 4 and 7 throw at an event that tells of an error, the others hand it on.
  'openai v4 record/streamAccumulator toEventError',
  'openai v7 record/streamAccumulator toEventError',
]);

let fake: FakeOpenAI;
let receiver: Receiver;
let keys = 0;
let rejections = 0;
const count = () => void rejections++;
/** What a caller sees without us. */
const expected = new Map<Major, unknown>();

/** To be called once by each test file. */
export function useServers(): void {
  beforeAll(async () => {
    // For good: what is collected after the last test has its say as well.
    console.warn = () => {};
    console.debug = () => {};
    process.on('unhandledRejection', count);
    [fake, receiver] = await Promise.all([startFakeOpenAI(), startReceiver()]);
    serve(fake);
  });
  afterAll(async () => {
    process.off('unhandledRejection', count);
    await Promise.all([fake.close(), receiver.close()]);
  });
}

export async function seenWithoutUs(major: Major): Promise<unknown> {
  if (!expected.has(major)) expected.set(major, await useClient(newClient(major)));
  return expected.get(major);
}

/** What a caller of a tracked client sees where all works, and what was recorded of it. */
export async function seenWithUs(major: Major): Promise<{ seen: unknown; logs: readonly Record_[] }> {
  const lab = new PromptLab({ apiKey: 'k', baseUrl: receiver.url, batch: { intervalMs: 5 } });
  receiver.logs.length = 0;
  try {
    const seen = await useClient(lab.track(newClient(major)));
    await lab.flush({ timeoutMs: 15_000 });
    return { seen, logs: [...receiver.logs] };
  } finally {
    await lab.shutdown({ timeoutMs: 0 });
  }
}

/** Uses a tracked client of this major in all ways there are, with one function of ours that throws. */
export async function breakOne(major: Major, [name, key, member]: Case): Promise<void> {
  const raw = await seenWithoutUs(major);
  const id = [name, key, member].filter(Boolean).join(' ');
  const isReached = !NOT_REACHED.has(id) && !NOT_REACHED.has(`${major.name} ${id}`);
  forgetProcessState();
  // Of this case alone: what is left of an earlier one may still be at work.
  const counted = { throws: 0 };
  fake.requests.length = 0;
  // A key of its own: what an earlier case still had on its way is not refused in place of what this one sends.
  const apiKey = `k${++keys}`;
  const busy = refuse(503, { 'retry-after': '0' });
  let refusals = 3;
  receiver.alwaysMisbehave((res, batch, accept) =>
    batch.headers.authorization === `Bearer ${apiKey}` && refusals-- > 0 ? busy(res, batch, accept) : accept(),
  );
  const load = loadAnew((loaded, actual) => (loaded === name ? broken(actual, { key, member, counted }) : actual));
  const promptlab = load('index') as typeof SdkModule;
  let client = newClient(major);
  const { flush, shutdown, stats, trace, getRequestUrl, currentTrace } = promptlab;
  const options = {
    apiKey,
    baseUrl: receiver.url,
    batch: { intervalMs: 0, maxRecords: 5 },
    request: { gzipAboveBytes: 3_000 },
    limits: { recordBytes: 2_000 },
    sampleRate: 0.5,
    mask: <R>(record: R): R => record,
    debug: true,
  };
  if (key !== 'track') client = promptlab.track(client, options);
  expect(await useClient(client)).toEqual(raw);
  // What is called by hand may fail only by its own name.
  if (!['trace', 'runSpan', 'runInSpan'].includes(key)) {
    expect(trace('a step', (t) => (t.set({ tags: { a: 'b' } }), 7))).toBe(7);
  }
  if (key !== 'flush') await flush({ timeoutMs: 30 });
  // The rest is no part of a call; it is only to be reached.
  const log = { model: 'm', provider: 'p', messages: [{ role: 'user', content: 'long '.repeat(1_000) }] };
  const others: (() => unknown)[] = [
    () => promptlab.track(client),
    () => stats(),
    () => getRequestUrl({ id: 'x' }),
    () => currentTrace(),
    () => promptlab.track({ messages: { create() {} } }),
    () => promptlab.span('a step', () => {}),
    () => promptlab.span('a step', () => 1, { kind: 'tool', input: { password: 'x' } }),
    () => new promptlab.PromptLab(options).api.logRequest(log),
    () => new promptlab.PromptLab(options).trace('a step', () => {}),
    () => new promptlab.PromptLab(options).api.logRequestNow(log),
    // Delivery works on its own: what it comes to, it comes to before it is shut down.
    () => !isReached || AT_THE_END.has(member ?? key) || until(() => counted.throws > 0, 10_000),
    () => shutdown({ timeoutMs: 0 }),
  ];
  for (const other of others) await (async () => other())().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(rejections).toBe(0);
  if (isReached) expect([id, counted.throws > 0]).toEqual([id, true]);
}

/**
 * A broken instance must not be found again by the next case. Its context is told to end: otherwise every promise of every later
 * case would carry it too, and those of the last one some two hundred.
 */
function forgetProcessState(): void {
  const key = Symbol.for('promptlab.state.v1');
  const holder = globalThis as unknown as Record<
    symbol,
    { context?: { store?: { disable(): void } | null } } | undefined
  >;
  holder[key]?.context?.store?.disable();
  delete holder[key];
}

/** Answers by the name of the model: some misbehave, some say more than a word. */
function serve({ on }: FakeOpenAI): void {
  const call = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
  const streams: Record<string, unknown[]> = {
    cut: [delta({ content: 'a' })],
    tools: [
      delta({ role: 'assistant', tool_calls: [call] }),
      delta({ reasoning_details: [{ text: 'so' }] }, 'tool_calls'),
    ],
  };
  on('/chat/completions', (seen, res) => {
    const { model, stream, messages } = seen.body;
    if (model === 'fails') return sendError(res, 400, { message: 'no' });
    if (stream)
      return sendEvents(seen, res, streams[model] ?? textChunks(['Hello', ' there']), { cut: model === 'cut' });
    const isAsked = model === 'tools' && messages.length === 1;
    sendJson(
      res,
      isAsked ? chatAnswer({ role: 'assistant', content: null, tool_calls: [call] }, 'tool_calls') : chatAnswer(),
    );
  });
  on('/responses', (seen, res) => {
    const events = seen.body.model === 'fails' ? [{ type: 'error', message: 'no' }] : responseEvents();
    if (seen.body.stream) return sendEvents(seen, res, events, { done: false, named: true });
    sendJson(
      res,
      seen.body.background ? responseAnswer({ status: 'queued', output: [], usage: null }) : responseAnswer(),
    );
  });
  on('/audio/transcriptions', (seen, res) =>
    seen.text.includes('name="stream"')
      ? sendEvents(seen, res, [
          { type: 'transcript.text.delta', delta: 'spoken' },
          { type: 'transcript.text.done', text: 'spoken' },
        ])
      : sendJson(res, { text: 'spoken' }),
  );
  on('/responses/resp_1', (_, res) => sendJson(res, responseAnswer()));
}

function newClient({ openai }: Major): OpenAI {
  return new openai.OpenAI({ apiKey: 'k', baseURL: fake.url, maxRetries: 0 });
}

function broken(
  actual: Record<string, Loose>,
  { key, member, counted }: { key: string; member: string | undefined; counted: { throws: number } },
): Record<string, unknown> {
  const thrower = () => {
    counted.throws++;
    throw new Error(`broken: ${key}`);
  };
  if (member === undefined) return { ...actual, [key]: thrower };
  if (member === 'constructor') return { ...actual, [key]: class { constructor() { thrower(); } } }; // prettier-ignore
  const own = Object.getOwnPropertyDescriptor(actual[key].prototype, member) as PropertyDescriptor;
  Object.defineProperty(
    actual[key].prototype,
    member,
    own.get ? { get: thrower, configurable: true } : { value: thrower, configurable: true, writable: true },
  );
  return actual;
}

/** What a caller sees of many kinds of calls. */
async function useClient(client: OpenAI): Promise<unknown> {
  const { chat, beta, responses, images, audio } = client as Loose;
  const create = (more: object) => chat.completions.create({ ...HELLO, ...more });
  // The helpers live under `beta` in openai 4, and its clients have no clones.
  const helpers = chat.completions.runTools ? chat.completions : beta.chat.completions;
  const clone = client.withOptions?.({ timeout: 5_000 }) ?? client;
  const file = new File(['abc'], 'a.txt', { type: 'text/plain' });
  const tool = { name: 'f', parameters: {}, parse: JSON.parse, function: () => 'done' };
  const text = async (stream: AsyncIterable<Loose>) => {
    let all = '';
    for await (const part of stream) all += part.choices?.[0]?.delta?.content ?? part.delta ?? '';
    return all;
  };
  const failing = async (call: () => PromiseLike<unknown>) => {
    try {
      return await call();
    } catch (error) {
      return [(error as Error).constructor.name, (error as Error).message];
    }
  };
  const uses: (() => unknown)[] = [
    () => create({ prompt_slug: 'p', tags: { a: 'b' }, promptlab: { metadata: { a: 1 }, variables: { b: 2 } } }),
    () => create({ prompt_slug: 5 }),
    () => create({ tools: [{ type: 'function', function: { toJSON: () => ({ name: 'f' }) } }] }),
    () => chat.completions.create(Object.defineProperty({ ...HELLO }, 'user', { enumerable: true, get: () => 'u' })),
    async () => text(await create({ stream: true, prompt_slug: 'p' })),
    async () => (await create({}).withResponse()).request_id !== null,
    async () => (await create({}).asResponse()).json(),
    async () => (await create({ stream: true }).asResponse()).text(),
    async () => (await helpers.parse(HELLO)).choices[0]?.message.content,
    () => helpers.stream(HELLO).finalContent(),
    () => helpers.runTools({ ...HELLO, model: 'tools', tools: [{ type: 'function', function: tool }] }).finalContent(),
    async () => {
      for await (const part of await create({ stream: true })) return part.choices[0]?.index;
    },
    async () => {
      const stream = await create({ stream: true });
      let count = 0;
      for await (const part of stream) {
        count += part ? 1 : 0;
        stream.controller.abort();
      }
      return count > 0;
    },
    async () => {
      const [left, right] = (await create({ stream: true })).tee();
      return [await text(left), await text(right)];
    },
    async () => new Response((await create({ stream: true })).toReadableStream()).text(),
    async () => {
      const choices: unknown[] = [];
      for await (const part of await create({ stream: true, model: 'tools' })) choices.push(part.choices);
      return choices;
    },
    () => failing(async () => text(await create({ stream: true, model: 'cut' }))),
    () => failing(() => create({ model: 'fails' })),
    () => failing(() => clone.chat.completions.create({ ...HELLO, model: 'fails' })),
    async () => {
      // Nobody asks for the answer.
      void create({ model: 'unseen' });
      await until(() => fake.requests.some(({ body }) => body.model === 'unseen'), 15_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    },
    // Throws at once: the body cannot be written.
    () => failing(async () => create({ temperature: 1n })),
    () => failing(() => create({}).then(() => { throw new Error('mine'); })), // prettier-ignore
    () => client.completions.create({ model: 'm', prompt: 'long '.repeat(1_000) }),
    () => responses.create({ model: 'm', input: [{ role: 'user', content: 'x' }] }),
    async () => text(await responses.create({ model: 'm', input: 'x', stream: true })),
    () => failing(async () => text(await responses.create({ model: 'fails', input: 'x', stream: true }))),
    async () => [
      await responses.create({ model: 'm', input: 'x', background: true }),
      await responses.retrieve('resp_1'),
    ],
    () => client.embeddings.create({ model: 'e', input: 'x' }),
    () => client.moderations.create({ input: 'x' }),
    () => images.generate({ model: 'm', prompt: `data:image/png;base64,${'iVBORw0KGgo'.repeat(99)}` }),
    () => images.edit({ model: 'm', prompt: 'x', image: file }),
    () => audio.transcriptions.create({ model: 'm', file }),
    async () => text(await audio.transcriptions.create({ model: 'm', file, stream: true })),
    async () => (await (await audio.speech.create({ model: 'm', voice: 'v', input: 'x' })).arrayBuffer()).byteLength,
  ];
  const results = await Promise.all(uses.map((use) => use()));
  return JSON.parse(JSON.stringify(results));
}
