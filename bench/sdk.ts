/**
 * What `track()` costs: raw and tracked clients side by side, interleaved, seven rounds. Of processor time each round compares the
 * fastest of many short turns, since what else the machine does only ever adds; the median of the seven differences is judged. The
 * fastest turns of all rounds are shown beside it, as the figures of other wrappers were taken; raw and tracked may come from different minutes.
 * A measurement whose time is over has fewer rounds, so that all of it ends within 200 s.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type * as Sdk from 'promptlab';
import { Progress } from '#demo/progress';
import { formatNumber } from './lib/numbers.ts';
import { formatRows } from './lib/rows.ts';
import { measureExit, measureFlush, measureHeap, measurePackage } from './sdk/footprint.ts';
import { measureInProcess } from './sdk/inProcess.ts';
import { measureOverHttp } from './sdk/overHttp.ts';
import { startServers } from './sdk/startServers.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const STEPS = 13;

export async function run(args: string[]): Promise<void> {
  const startedMs = performance.now();
  const scale = args.includes('--quick') ? 0.2 : 1;
  const progress = new Progress({ total: STEPS, unit: 'steps' });
  const onStep = (label: string) => progress.step(label);
  onStep('building the SDK');
  if (!existsSync(path.join(ROOT, 'sdk', 'dist', 'esm', 'index.js')))
    execFileSync(process.execPath, [path.join(ROOT, 'sdk', 'typescript', 'build.mjs')], { stdio: 'inherit' });
  const sdk = (await import('promptlab')) as typeof Sdk;
  const servers = await startServers();
  onStep('event loop while flushing');
  const rows = [await measureFlush(sdk, servers)];
  rows.push(...(await measureInProcess(sdk, { scale, onStep })));
  rows.push(...(await measureOverHttp(sdk, servers, { scale, onStep })));
  onStep('heap');
  rows.push(measureHeap(scale));
  onStep('package');
  rows.push(...measurePackage());
  onStep('end of a process');
  rows.push(...measureExit(servers));
  progress.end();
  const [loadAverage = NaN] = os.loadavg();
  const seconds = (performance.now() - startedMs) / 1_000;
  process.stdout.write(
    `\n${formatRows(rows)}\n\nTook ${formatNumber(seconds)} s; load average at the end ${formatNumber(loadAverage)}.\n`,
  );
  if (rows.some(({ isMet }) => isMet === false)) process.exitCode = 1;
}
