/** A provider, a PromptLab and clients between them: what nearly every test needs. */
import type OpenAI from 'openai';
import { PromptLab, type FlushResult, type PromptLabOptions, type Tracked } from '../src/index';
import { warnedCauses } from '../src/runtime/warn';
import { startFakeOpenAI, type FakeOpenAI, type Loose } from './fakeOpenAI';
import type { Major } from './majors';
import { startReceiver, type Receiver, type Record_ } from './receiver';

export const CLIENT_KEY = 'sk-secret-of-the-client-0123456789';
export const LAB_KEY = 'pl_live_secret_of_the_lab_0123456789';

export interface Harness {
  readonly fake: FakeOpenAI;
  readonly receiver: Receiver;
  readonly lab: PromptLab;
  readonly client: Tracked<OpenAI>;
  /** An untouched client of the same provider. */
  readonly raw: OpenAI;
  /** A further instance, and a client tracked by it. */
  make(options: PromptLabOptions, clientOptions?: object): { lab: PromptLab; client: Tracked<OpenAI> };
  /** All logs that arrived, after a flush. */
  logs(): Promise<Record_[]>;
  /** The only log. */
  log(): Promise<Record_>;
  /** All steps that arrived, after a flush. */
  spans(): Promise<Record_[]>;
  close(): Promise<void>;
}

export async function createHarness({ openai }: Major, options: PromptLabOptions = {}): Promise<Harness> {
  const [fake, receiver] = await Promise.all([startFakeOpenAI(), startReceiver()]);
  const labs: PromptLab[] = [];
  const newClient = (clientOptions: object = {}) =>
    new openai.OpenAI({ apiKey: CLIENT_KEY, baseURL: fake.url, maxRetries: 0, ...clientOptions });
  const make = (more: PromptLabOptions, clientOptions?: object) => {
    const lab = new PromptLab({ apiKey: LAB_KEY, baseUrl: receiver.url, batch: { intervalMs: 5 }, ...more });
    labs.push(lab);
    return { lab, client: lab.track(newClient(clientOptions)) };
  };
  const { lab, client } = make(options);
  const logs = async () => {
    await Promise.all(labs.map((one) => one.flush({ timeoutMs: 15_000 })));
    // By id, which is the order of the calls: two uploads may arrive in either order.
    return [...receiver.logs].sort((a, b) => (a.id < b.id ? -1 : 1));
  };
  return {
    fake,
    receiver,
    lab,
    client,
    raw: newClient(),
    make,
    logs,
    async log() {
      const all = await logs();
      expect(all).toHaveLength(1);
      return all[0] as Record_;
    },
    async spans() {
      await logs();
      return receiver.spans;
    },
    async close() {
      await Promise.all(labs.map((one) => one.shutdown({ timeoutMs: 0 })));
      await Promise.all([fake.close(), receiver.close()]);
    },
  };
}

/** A new one for each test of the file, or of the `describe` around the call; all that a test records must fit the contract. */
export function harnessOfEachTest(major: Major, give: (made: Harness) => void): void {
  let made: Harness;
  beforeEach(async () => {
    made = await createHarness(major);
    give(made);
  });
  afterEach(async () => {
    await made.close();
    expectValid(made);
  });
}

/** The same as a program sees it, with its warnings: under a test runner delivery is silent (G13 in process.test.ts). */
export function harnessOfProgram(major: Major, give: (made: Harness, warnings: Warnings) => void): void {
  let made: Harness;
  let warnings: Warnings;
  beforeAll(() => void delete process.env.NODE_ENV);
  afterAll(() => void (process.env.NODE_ENV = 'test'));
  beforeEach(async () => {
    warnings = captureWarnings();
    made = await createHarness(major);
    give(made, warnings);
  });
  afterEach(async () => {
    await made.close();
    warnings.restore();
    expectValid(made);
  });
}

/** Every record of a test must fit the contract. */
export function expectValid({ receiver }: Harness): void {
  expect(receiver.problems).toEqual([]);
}

/** The order of texts. */
export function byText(a: unknown, b: unknown): number {
  return String(a) < String(b) ? -1 : 1;
}

/** Waits for an effect instead of sleeping. */
export async function until(isTrue: () => boolean, timeoutMs = 3_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${String(isTrue)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Waits so many milliseconds, at least for the next turn of the event loop. */
export function turn(ms = 1): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** All pieces of a stream. */
export async function readAll(stream: AsyncIterable<unknown>): Promise<Loose[]> {
  const pieces: unknown[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

export interface Warnings {
  readonly lines: string[];
  restore(): void;
}

/** Lines printed by the SDK since the call. */
export function captureWarnings(): Warnings {
  const lines: string[] = [];
  const spy = jest.spyOn(console, 'warn').mockImplementation((...args: unknown[]) => void lines.push(args.join(' ')));
  warnedCauses.clear();
  return { lines, restore: () => spy.mockRestore() };
}

export const HELLO = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hi' }] };
export const STREAM = { ...HELLO, stream: true as const };

/** A log by hand. */
export const LOG = { model: 'm', provider: 'p', messages: [{ role: 'user', content: 'x' }] };

/** Logs by hand, named by their number. */
export function logMany(lab: PromptLab, count: number, content = 'x'): void {
  for (let i = 0; i < count; i++) lab.api.logRequest({ ...LOG, messages: [{ role: 'user', content }], name: `n${i}` });
}

/** Backoff is real time; where it is not the subject of a test it is made short by chance and failures by flush(). */
export function flushed(lab: PromptLab): Promise<FlushResult> {
  return lab.flush({ timeoutMs: 8_000 });
}
