/** Other libraries and runtimes in one program with the SDK: Sentry, Langfuse, Braintrust, PostHog, Anthropic, webpack, esbuild, workerd. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUILD } from '../runScript';

interface Seen {
  readonly value?: string;
  readonly threw?: string;
  readonly records: number;
}

/** What a program of the folder `programs` prints as its last line. */
async function run<R>(program: string, args: readonly string[] = [], nodeArgs: readonly string[] = []): Promise<R> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...nodeArgs, join(__dirname, 'programs', program), ...args],
    {
      env: { PATH: process.env.PATH ?? '', PROMPTLAB_BUILD: join(BUILD, 'cjs', 'index.cjs'), NODE_NO_WARNINGS: '1' },
      timeout: 90_000,
    },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as R;
}

const outcomes = (seen: Record<string, Seen>) =>
  Object.fromEntries(Object.entries(seen).map(([name, { value, threw }]) => [name, value ?? `threw ${threw}`]));
const recorded = (seen: Record<string, Seen>) => Object.values(seen).reduce((sum, { records }) => sum + records, 0);

interface Report {
  readonly seen: Record<string, Seen>;
  readonly rejections: number;
}

test.each([
  ['langfuse', 'before'],
  ['langfuse', 'after'],
  ['braintrust', 'before'],
  ['braintrust', 'after'],
  ['posthog', 'before'],
])(
  '%s wraps the client %s us: callers see what they see without us, and each call is recorded',
  async (library, order) => {
    const alone = await run<Report>('wrappers.mjs', [library, 'alone']);
    const both = await run<Report>('wrappers.mjs', [library, order]);
    expect(outcomes(both.seen)).toEqual(outcomes(alone.seen));
    expect(both.rejections).toBe(alone.rejections);
    // One for each call whose answer somebody read.
    const answered = Object.values(alone.seen).filter(({ value }) => value !== undefined).length;
    expect(recorded(both.seen)).toBeGreaterThanOrEqual(answered);
    expect(recorded(both.seen)).toBeLessThanOrEqual(Object.keys(alone.seen).length);
  },
  120_000,
);

test('Sentry 10, which wraps the client by itself: callers and Sentry see what they see without us', async () => {
  const init = ['--import', join(__dirname, 'programs', 'sentryInit.mjs')];
  const alone = await run<Report & { spans: number }>('sentry.mjs', ['alone'], init);
  const both = await run<Report & { spans: number }>('sentry.mjs', ['tracked'], init);
  expect(outcomes(both.seen)).toEqual(outcomes(alone.seen));
  expect([both.spans, both.rejections]).toEqual([alone.spans, 0]);
  expect(outcomes(both.seen).parse).toBe('{"a":1}');
  expect(recorded(both.seen)).toBe(Object.keys(both.seen).length);
}, 120_000);

test('a client of Anthropic: one warning, nothing of ours on the wire, and its calls work', async () => {
  const { warnings, sent, text } = await run<{ warnings: string[]; sent: object[]; text: string }>('unknownClient.mjs');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/Nothing of Anthropic can be recorded.*logRequest/);
  expect(text).toBe('Hi');
  expect(sent.map((body) => Object.keys(body).sort())).toEqual([1, 2].map(() => ['max_tokens', 'messages', 'model']));
}, 60_000);

test('webpack and esbuild bundle it for all targets without a warning', async () => {
  const warnings = await run<Record<string, string[]>>('bundle.mjs');
  expect(Object.keys(warnings)).toHaveLength(6);
  expect(Object.values(warnings).flat()).toEqual([]);
}, 120_000);

interface Worker {
  readonly together: number;
  readonly total: number;
  readonly slowestMs: number;
  readonly statuses: number[];
  readonly printed: string;
}

/** A record needs 320 ms: the provider's 20, and PromptLab's 300. */
const LONGEST_MS = 2_000;

describe.each(['', 'nodejs_compat'])('Cloudflare Workers %s', (flags) => {
  test.each(['flush', 'waitUntilFlush', 'waitUntilOption', 'instance'])(
    '%s: 20 requests that overlap, then one, are all stored, and no request waits for another',
    async (way) => {
      const { together, total, slowestMs, statuses, printed } = await run<Worker>('miniflare.mjs', [way, flags]);
      expect([together, total, statuses, printed]).toEqual([20, 21, [200], '']);
      expect(slowestMs).toBeLessThan(LONGEST_MS);
    },
    120_000,
  );
});
