/**
 * What `track()` of the Python SDK costs, and beside it other wrappers in the same run, each in a virtual environment of its own. `own`
 * is measured without the library, whose own time varies by more than all of ours; the rest is calls over a transport inside the process,
 * processor time of the calling thread, the least of many rounds, raw and wrapped in turn.
 *
 * `npm run bench -- sdk-python`; `--alone` leaves the others out.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Progress } from '#demo/progress';
import { ensureEnvironment, findPython, type Python } from '../scripts/pythonEnvironment.mjs';
import { onCleanup } from './lib/cleanup.ts';
import { formatNumber } from './lib/numbers.ts';
import { formatRows, type Row } from './lib/rows.ts';
import { compareWrappers, type Wrapper, WRAPPER_STEPS } from './sdkPython/compareWrappers.ts';
import { type Figures, leastFigures, type Measure, type ServerUrls } from './sdkPython/figures.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const MEASURE = path.join(import.meta.dirname, 'sdkPython', 'measure.py');
const OPENAI = 'openai==3.57.0';
const PEERS: Readonly<Record<string, readonly string[]>> = {
  langfuse: ['langfuse==5.0.4'],
  langsmith: ['langsmith==0.15.1'],
  openinference: [
    'openinference-instrumentation-openai==0.1.66',
    'opentelemetry-sdk',
    'opentelemetry-exporter-otlp-proto-http',
  ],
  logfire: ['logfire==5.4.0'],
};
const TURNS = 3;
/** Of each wrapper, which is raw and wrapped in turn. */
const WRAPPER_TURNS = 2;

export async function run(args: string[]): Promise<void> {
  const found = findPython();
  if (!found) {
    process.stdout.write('Python SDK: skipped, no Python 3.10 or newer on the PATH.\n');
    return;
  }
  const peers = args.includes('--alone') ? [] : Object.entries(PEERS);
  const steps = peers.length === 0 ? 0 : peers.length + WRAPPER_STEPS * (peers.length + 2);
  const progress = new Progress({ total: 6 + steps, unit: 'steps' });
  const onStep = (label: string) => progress.step(label);
  onStep('promptlab: installing it');
  const python = await installWheel(found);
  const urls = await startServers(python);
  const rows = [...(await measureOwn(measureWith(python), onStep)), ...(await measureLoad(python, urls, onStep))];
  rows.push(measureSize(python));
  const tables = [formatRows(rows)];
  if (peers.length > 0) {
    const wrappers: Wrapper[] = [
      { id: 'raw', name: 'raw', measure: measureWith(python) },
      { id: 'promptlab', name: 'promptlab', measure: measureWith(python) },
    ];
    for (const [name, requirements] of peers) {
      onStep(`${name}: installing it`);
      const environment = await ensureEnvironment(found, [OPENAI, ...requirements]);
      wrappers.push({ id: name, name: requirements[0] ?? name, measure: measureWith(environment.python) });
    }
    tables.push(await compareWrappers(wrappers, { turns: WRAPPER_TURNS, urls, onStep }));
  }
  progress.end();
  const [loadAverage = NaN] = os.loadavg();
  process.stdout.write(
    `\n${tables.join('\n\n')}\n\nPython ${found.version}, ${OPENAI}; load average at the end ${formatNumber(loadAverage)}.\n`,
  );
  if (rows.some(({ isMet }) => isMet === false)) process.exitCode = 1;
}

async function measureOwn(measure: Measure, onStep: (label: string) => void): Promise<Row[]> {
  onStep('promptlab: calls, chunks, worker');
  const own = await leastOf(() => measure('own'));
  onStep('promptlab: import');
  const imports = await leastOf(() => measure('imports', 'promptlab'));
  onStep('promptlab: memory');
  const memory = await measure('queue');
  const most = 16_000_000 * 1.2;
  return [
    rowAtMost('added per call, sync', own.call, 'µs', 10),
    rowAtMost('added per call, async', own.call_async, 'µs', 10),
    rowAtMost('added per call with three extras', own.call_extras, 'µs', 25),
    rowAtMost('added per chunk, sync', own.chunk, 'µs', 1),
    rowAtMost('added per chunk, async', own.chunk_async, 'µs', 1),
    rowAtMost('worker, per record of 5 kB + 1 kB', own.record, 'µs', 250),
    rowAtMost('import and track()', imports.ms, 'ms', 15),
    rowAtMost('modules of the library that it imports', imports.of_the_library, '', 0),
    rowAtMost('memory of 10,000 calls of 9 kB, server down', (memory.bytes ?? 0) / 1e6, 'MB', most / 1e6),
  ];
}

async function measureLoad(python: string, urls: ServerUrls, onStep: (label: string) => void): Promise<Row[]> {
  onStep('promptlab: 100 tasks');
  const load = await measureWith(python)('pairs', urls.provider, urls.receiver);
  const ratio = (load.ratio ?? 0) * 100;
  return [
    {
      what: 'calls per second at 100 tasks, tracked ÷ raw',
      value: `${ratio.toFixed(1)} %`,
      target: '≥ 97 %',
      isMet: ratio >= 97,
    },
    rowAtMost('lost at a clean end of that', load.lost, '', 0),
  ];
}

async function startServers(python: string): Promise<ServerUrls> {
  const servers = spawn(python, [path.join(import.meta.dirname, 'sdkPython', 'servers.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onCleanup(() => void servers.kill());
  const line = await new Promise<string>((resolve, reject) => {
    servers.stdout.once('data', (text) => resolve(String(text)));
    servers.once('exit', () => reject(new Error('The servers of the benchmark ended.')));
  });
  const [provider = '', receiver = '', collector = ''] = JSON.parse(line) as string[];
  return { provider, receiver, collector };
}

function measureSize(python: string): Row {
  const program = 'import promptlab, os; print(os.path.dirname(promptlab.__file__))';
  const folder = execFileSync(python, ['-c', program], { encoding: 'utf8' }).trim();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.py'));
  const bytes = files.reduce((sum, name) => sum + readFileSync(path.join(folder, name)).length, 0);
  return rowAtMost('installed size', bytes / 1_000, 'kB', 150);
}

/** Each measurement is a process of its own. */
function measureWith(python: string): Measure {
  return async (...args) => {
    const { stdout } = await promisify(execFile)(python, [MEASURE, ...args]);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Figures;
  };
}

async function leastOf(measure: () => Promise<Figures>): Promise<Figures> {
  const all: Figures[] = [];
  for (let turn = 0; turn < TURNS; turn++) all.push(await measure());
  return leastFigures(all);
}

/** Anew each time, since its version stays while it changes. */
async function installWheel(found: Python): Promise<string> {
  const { python } = await ensureEnvironment(found, [OPENAI]);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--force-reinstall', '--no-deps'];
  await promisify(execFile)(python, [...install, wheel()]);
  return python;
}

function wheel(): string {
  execFileSync(process.execPath, [path.join(ROOT, 'scripts', 'packWheel.mjs')]);
  const folder = path.join(ROOT, 'dist', 'sdk');
  const name = readdirSync(folder).find((file) => file.endsWith('.whl'));
  if (name === undefined) throw new Error('The wheel was not built.');
  return path.join(folder, name);
}

function rowAtMost(what: string, value: number | undefined, unit: string, most: number): Row {
  const figure = value ?? Infinity;
  const shown = Number.isInteger(figure) ? String(figure) : figure.toFixed(figure < 1 ? 2 : 1);
  return {
    what,
    value: `${shown} ${unit}`.trim(),
    target: `≤ ${most.toFixed(most % 1 ? 1 : 0)} ${unit}`.trim(),
    isMet: figure <= most,
  };
}
