/** A23: whatever of ours throws, the caller's call is as without us. Every function of every module is made to throw once. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type OpenAI from 'openai';
import { sendError, startFakeOpenAI, type FakeOpenAI } from './fakeOpenAI';
import { HELLO } from './harness';
import { V6 } from './majors';

const SOURCE = join(__dirname, '..', 'src');
/** The fence itself, and the entry that only lists names. */
const NOT_BROKEN = new Set(['contain', 'index', 'wire', 'version']);

const modules = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => relative(SOURCE, join(SOURCE, file)).replace(/\.ts$/, ''))
  .filter((name) => !NOT_BROKEN.has(name));

/** `module name`, and for a class `module Class.method`. */
const cases = modules.flatMap((name) => {
  const exported = jest.requireActual<Record<string, unknown>>(join(SOURCE, name));
  return Object.entries(exported).flatMap(([key, value]): [string, string, string | undefined][] => {
    if (typeof value !== 'function') return [];
    const { prototype } = value as { prototype?: object };
    if (!/^class\s/.test(Function.prototype.toString.call(value)) || key === 'PromptLabError')
      return [[name, key, undefined]];
    const members = Object.getOwnPropertyNames(prototype).filter((member) => member !== 'constructor');
    return [[name, key, 'constructor'], ...members.map((member): [string, string, string] => [name, key, member])];
  });
});

let fake: FakeOpenAI;
let expected: unknown;
let rejections = 0;
const count = () => void rejections++;

beforeAll(async () => {
  // For good: what is collected after the last test has its say as well.
  console.warn = () => {};
  process.on('unhandledRejection', count);
  fake = await startFakeOpenAI();
  fake.on('/fails', (_, res) => sendError(res, 400, { message: 'no' }));
  expected = await useClient(newClient());
});
afterAll(async () => {
  process.off('unhandledRejection', count);
  await fake.close();
});

test('there is something to break', () => {
  expect(cases.length).toBeGreaterThan(120);
  expect(expected).toHaveLength(11);
});

test.each(cases)('A23 %s: %s %s throws', async (name, key, member) => {
  jest.resetModules();
  // A broken instance must not be found again by the next case.
  delete (globalThis as unknown as Record<symbol, unknown>)[Symbol.for('promptlab.state.v1')];
  jest.doMock(join(SOURCE, name), () => broken(jest.requireActual(join(SOURCE, name)), key, member));
  let client = newClient();
  try {
    const { track } = jest.requireActual<typeof import('../src/index')>(join(SOURCE, 'index'));
    if (key !== 'track')
      client = track(client, { apiKey: 'k', baseUrl: 'http://127.0.0.1:9', batch: { intervalMs: 0, maxRecords: 1 } });
    expect(await useClient(client)).toEqual(expected);
    // What is called by hand may fail only by its own name.
    const { flush, trace } = jest.requireActual<typeof import('../src/index')>(join(SOURCE, 'index'));
    if (!['trace', 'runStep', 'runInSpan'].includes(key)) expect(trace('a step', () => 7)).toBe(7);
    if (key !== 'flush') await flush({ timeoutMs: 1 });
  } finally {
    jest.dontMock(join(SOURCE, name));
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(rejections).toBe(0);
});

function newClient(): OpenAI {
  return new V6.openai.OpenAI({ apiKey: 'k', baseURL: fake.url, maxRetries: 0 });
}

function broken(actual: Record<string, any>, key: string, member: string | undefined): unknown {
  const thrower = () => {
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
  const text = async (stream: AsyncIterable<any>) => {
    let all = '';
    for await (const part of stream) all += part.choices?.[0]?.delta?.content ?? part.delta ?? '';
    return all;
  };
  const extras = { prompt_slug: 'p', tags: { a: 'b' } } as object;
  const breaking = async () => {
    for await (const part of await client.chat.completions.create({ ...HELLO, stream: true }))
      if (part) return part.choices[0]?.index;
    return undefined;
  };
  const failing = async (call: () => PromiseLike<unknown>) => {
    try {
      return await call();
    } catch (error) {
      return [(error as Error).constructor.name, (error as Error).message];
    }
  };
  const results = [
    await client.chat.completions.create({ ...HELLO, ...extras }),
    await text(await client.chat.completions.create({ ...HELLO, stream: true, ...extras })),
    (await client.chat.completions.create(HELLO).withResponse()).request_id !== null,
    await (await client.chat.completions.create(HELLO).asResponse()).json(),
    (await client.chat.completions.parse(HELLO)).choices[0]?.message.content,
    await client.chat.completions.stream(HELLO).finalContent(),
    await client.responses.create({ model: 'm', input: 'x' }),
    await client.embeddings.create({ model: 'e', input: 'x' }),
    await breaking(),
    await client.chat.completions.runTools({ ...HELLO, tools: [] as never }).finalContent(),
    await failing(() => client.withOptions({ baseURL: `${fake.url}/fails/` }).chat.completions.create(HELLO)),
  ];
  return JSON.parse(JSON.stringify(results));
}
