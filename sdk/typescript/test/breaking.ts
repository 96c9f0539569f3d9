/** A23: whatever of ours throws, the caller's call is as without us. Functions are made to throw, one at a time, while a client is used. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type OpenAI from 'openai';
import { serve, useClient } from './allUses';
import { startFakeOpenAI, type FakeOpenAI, type Loose } from './fakeOpenAI';
import { until } from './harness';
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

function idOf(one: Case): string {
  return one.filter(Boolean).join(' ');
}

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

/** With which as much as possible of ours is reached. */
const SETTINGS = {
  batch: { intervalMs: 0, maxRecords: 5 },
  request: { gzipAboveBytes: 3_000 },
  limits: { recordBytes: 2_000 },
  mask: <R>(record: R): R => record,
  debug: true,
};
/** Uses that are always there: an answer as a whole, and a stream. */
const NEIGHBOURS = [0, 4];

let fake: FakeOpenAI;
let receiver: Receiver;
let keys = 0;
let rejections = 0;
const count = () => void rejections++;
/** What a caller sees without us. */
const expected = new Map<Major, unknown[]>();
/** By which uses a function is reached, by its case. */
const reached = new Map<Major, ReadonlyMap<string, ReadonlySet<number>>>();

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

export async function seenWithoutUs(major: Major): Promise<unknown[]> {
  const seen = expected.get(major) ?? (await useClient(newClient(major), fake));
  expected.set(major, seen);
  return seen;
}

/** What a caller of a tracked client sees where all works, and what was recorded of it. */
export async function seenWithUs(major: Major): Promise<{ seen: unknown; logs: readonly Record_[] }> {
  const lab = new PromptLab({ apiKey: 'k', baseUrl: receiver.url, batch: { intervalMs: 5 } });
  receiver.logs.length = 0;
  try {
    const seen = await useClient(lab.track(newClient(major)), fake);
    await lab.flush({ timeoutMs: 15_000 });
    return { seen, logs: [...receiver.logs] };
  } finally {
    await lab.shutdown({ timeoutMs: 0 });
  }
}

/** Uses a tracked client of this major in all ways there are, with one function of ours that throws. */
export async function breakOne(major: Major, [name, key, member]: Case): Promise<void> {
  const raw = await seenWithoutUs(major);
  const id = idOf([name, key, member]);
  const wanted = await usesOf(major, id);
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
  const options = { apiKey, baseUrl: receiver.url, ...SETTINGS, sampleRate: 0.5 };
  if (key !== 'track') client = promptlab.track(client, options);
  expect(await useClient(client, fake, wanted)).toEqual(raw.filter((_, index) => wanted?.has(index) ?? true));
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
 * The uses that come to this function, and two that share the client with them; undefined: all. The others would run no line
 * that is broken. What delivers, and what depends on the time, may be come to by any.
 */
async function usesOf(major: Major, id: string): Promise<ReadonlySet<number> | undefined> {
  if (/^(?:delivery|runtime)\//.test(id)) return undefined;
  const ofMajor = reached.get(major) ?? (await findReached(major));
  reached.set(major, ofMajor);
  return new Set([...NEIGHBOURS, ...(ofMajor.get(id) ?? [])]);
}

/** By running each use on its own, with modules of its own. */
async function findReached(major: Major): Promise<Map<string, Set<number>>> {
  const found = new Map<string, Set<number>>();
  const { length } = await seenWithoutUs(major);
  for (let use = 0; use < length; use++) {
    forgetProcessState();
    const note = (id: string) => void found.set(id, (found.get(id) ?? new Set()).add(use));
    const load = loadAnew((name, actual) =>
      cases
        .filter(([module]) => module === name)
        .reduce((exports, one) => observed(exports, one, () => note(idOf(one))), actual),
    );
    const { PromptLab: Lab } = load('index') as typeof SdkModule;
    const lab = new Lab({ apiKey: 'k', baseUrl: receiver.url, ...SETTINGS });
    await useClient(lab.track(newClient(major)), fake, new Set([use]));
    await lab.flush({ timeoutMs: 15_000 });
    await lab.shutdown({ timeoutMs: 0 });
  }
  return found;
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

/** The same exports; `note` is called before the function is. */
function observed(exports: Record<string, Loose>, [, key, member]: Case, note: () => void): Record<string, Loose> {
  const { [key]: actual } = exports;
  const noting = (run: Loose) =>
    function (this: unknown, ...args: unknown[]): unknown {
      note();
      return run.apply(this, args);
    };
  if (member === undefined) return key === 'PromptLabError' ? exports : { ...exports, [key]: noting(actual) };
  if (member === 'constructor') {
    const construct = (target: Loose, args: unknown[], made: Loose): object => (
      note(),
      Reflect.construct(target, args, made)
    );
    return { ...exports, [key]: new Proxy(actual, { construct }) };
  }
  const own = Object.getOwnPropertyDescriptor(actual.prototype, member) as PropertyDescriptor;
  Object.defineProperty(
    actual.prototype,
    member,
    own.get ? { ...own, get: noting(own.get) } : { ...own, value: noting(own.value) },
  );
  return exports;
}
