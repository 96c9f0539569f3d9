/** What the SDK takes of a program beside its calls: event loop, heap, size, start and end. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type * as Sdk from 'promptlab';
import { formatNumber, median } from '../lib/numbers.ts';
import { type Row, row } from '../lib/rows.ts';
import { ROUNDS } from './compare.ts';
import type { Servers } from './startServers.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const DIST = path.join(ROOT, 'sdk', 'dist');

export async function measureFlush(sdk: typeof Sdk, { labUrl }: Servers): Promise<Row> {
  const words = 'large words '.repeat(Math.ceil((256 * 1024) / 12));
  const round = async (): Promise<number> => {
    const lab = new sdk.PromptLab({
      apiKey: 'k',
      baseUrl: labUrl,
      // Room for all of them; batches as they are by default.
      limits: { queueBytes: 64_000_000 },
    });
    // In one turn, so that nothing is encoded before the clock runs.
    for (let i = 0; i < 100; i++)
      lab.api.logRequest({ model: 'm', provider: 'p', messages: [{ role: 'user', content: words }] });
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await lab.flush();
    delay.disable();
    await lab.shutdown();
    return delay.percentile(99) / 1e6;
  };
  const idle = await idleDelay();
  const delays: number[] = [];
  for (let i = 0; i < ROUNDS; i++) delays.push(await round());
  const p99 = median(delays);
  return row(
    'event-loop delay, p99, flushing 100 × 256 KB',
    `${formatNumber(p99)} ms (idle: ${formatNumber(idle)})`,
    '≤ 10 ms',
    p99 <= 10,
  );
}

async function idleDelay(): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 300));
  delay.disable();
  return delay.percentile(99) / 1e6;
}

/** In a process of its own, where the garbage collector can be called. */
export function measureHeap(scale: number): Row {
  const script = `
    const promptlab = require(${JSON.stringify(path.join(DIST, 'cjs', 'index.cjs'))});
    const OpenAI = require(${JSON.stringify(path.join(ROOT, 'node_modules', 'openai'))});
    const answer = { id: 'c', object: 'chat.completion', model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'x'.repeat(500) }, finish_reason: 'stop' }] };
    const client = promptlab.track(new OpenAI({ apiKey: 'k', fetch: async () => new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } }) }),
      { apiKey: 'k', baseUrl: 'http://127.0.0.1:9' });
    const call = (i) => client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: (String(i) + ' words').repeat(600) }] });
    console.warn = () => {};
    (async () => {
      for (let i = 0; i < 20; i++) await call(i);
      gc(); const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < ${Math.round(10_000 * scale)}; i++) await call(i);
      gc(); await new Promise((resolve) => setTimeout(resolve, 50)); gc();
      console.log(process.memoryUsage().heapUsed - before);
      process.exit(0);
    })();`;
  const grown = Number(execFileSync(process.execPath, ['--expose-gc', '-e', script], { encoding: 'utf8' })) / 1e6;
  return row('heap growth, 10,000 calls, PromptLab down', `${formatNumber(grown)} MB`, '≤ 19.2 MB', grown <= 19.2);
}

export function measurePackage(): Row[] {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json'], {
    cwd: path.join(ROOT, 'sdk'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ size }] = JSON.parse(packed) as [{ size: number }];
  const times = Array.from({ length: ROUNDS }, () =>
    Number(
      execFileSync(
        process.execPath,
        [
          '-e',
          `const t = performance.now(); require(${JSON.stringify(path.join(DIST, 'cjs', 'index.cjs'))}); console.log(performance.now() - t)`,
        ],
        { encoding: 'utf8' },
      ),
    ),
  );
  return [
    row('package, compressed', `${formatNumber(size / 1_000)} kB, 0 dependencies`, '≤ 60 kB', size <= 60_000),
    row('cold import', `${formatNumber(median(times))} ms`, '≤ 10 ms', median(times) <= 10),
  ];
}

export function measureExit({ labUrl }: Servers): Row[] {
  const program = (body: string) => {
    const started = performance.now();
    execFileSync(process.execPath, ['-e', body], {
      stdio: 'ignore',
      env: { ...process.env, PROMPTLAB_API_KEY: 'k', PROMPTLAB_BASE_URL: labUrl },
    });
    return performance.now() - started;
  };
  const load = `const promptlab = require(${JSON.stringify(path.join(DIST, 'cjs', 'index.cjs'))});`;
  const idle = Array.from({ length: ROUNDS }, () => program(`${load} new promptlab.PromptLab();`) - program(load));
  const log = `api.logRequest({ model: 'm', provider: 'p', messages: [] });`;
  const base = median(Array.from({ length: 3 }, () => program(`${load} new promptlab.PromptLab().${log}`)));
  const hanging =
    program(`${load} new promptlab.PromptLab({ baseUrl: ${JSON.stringify(`${labUrl}/hang`)} }).${log}`) - base;
  return [
    row('exit delay, idle', `${formatNumber(median(idle))} ms`, '≤ 20 ms', median(idle) <= 20),
    row('exit delay, PromptLab hangs', `${formatNumber(hanging)} ms`, '≤ 2,000 ms + start-up noise', hanging <= 2_200),
  ];
}
