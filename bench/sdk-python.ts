/**
 * What `track()` of the Python SDK costs, and beside it other wrappers in the same run, each in a virtual environment of its own. `own`
 * is measured without the library, whose own time varies by more than all of ours; the rest is calls over a transport inside the process,
 * processor time of the calling thread, the least of many rounds, raw and wrapped in turn.
 *
 * `npm run bench -- sdk-python`; `--alone` leaves the others out.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { formatTable } from './lib/table.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const MEASURE = path.join(import.meta.dirname, 'sdkPython', 'measure.py');
const OPENAI = 'openai==3.57.0';
const PEERS: Readonly<Record<string, readonly string[]>> = {
  langfuse: ['langfuse==5.0.4'],
  langsmith: ['langsmith==0.15.1'],
  openinference: ['openinference-instrumentation-openai==0.1.66', 'opentelemetry-sdk'],
  logfire: ['logfire==5.4.0'],
};
const TURNS = 3;

type Figures = Readonly<Record<string, number>>;

interface Row {
  readonly what: string;
  readonly value: string;
  readonly target: string;
  /** Undefined: only shown. */
  readonly isMet: boolean | undefined;
}

export async function run(args: string[]): Promise<void> {
  const python = await ensureEnvironment('promptlab', [wheel()]);
  const rows = [...(await measureOwn(python)), ...(await measureLoad(python)), measureSize(python)];
  process.stdout.write(`${printRows(rows)}\n\n`);
  if (!args.includes('--alone')) process.stdout.write(`${await comparePeers(python)}\n`);
  if (rows.some(({ isMet }) => isMet === false)) process.exitCode = 1;
}

async function measureOwn(python: string): Promise<Row[]> {
  const own = await leastOf(async () => measure(python, 'own'), TURNS);
  const imports = await leastOf(async () => measure(python, 'imports'), TURNS);
  const memory = await measure(python, 'memory');
  const most = 16_000_000 * 1.2;
  return [
    row('added per call, sync', own.call, 'µs', 10),
    row('added per call, async', own.call_async, 'µs', 10),
    row('added per call with three extras', own.call_extras, 'µs', 25),
    row('added per chunk', own.chunk, 'µs', 1),
    row('worker, per record of 5 kB + 1 kB', own.record, 'µs', 250),
    row('import and track()', imports.ms, 'ms', 15),
    row('modules of the library that it imports', imports.of_the_library, '', 0),
    row('memory of 10,000 calls of 9 kB, server down', (memory.bytes ?? 0) / 1e6, 'MB', most / 1e6),
  ];
}

async function measureLoad(python: string): Promise<Row[]> {
  const servers = spawn(python, [path.join(import.meta.dirname, 'sdkPython', 'servers.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const line = await new Promise<string>((resolve) => servers.stdout.once('data', (text) => resolve(String(text))));
    const load = await measure(python, 'load', ...(JSON.parse(line) as string[]));
    const ratio = (load.ratio ?? 0) * 100;
    return [
      {
        what: 'calls per second at 100 tasks, tracked ÷ raw',
        value: `${ratio.toFixed(1)} %`,
        target: '≥ 97 %',
        isMet: ratio >= 97,
      },
      row('lost at a clean end of that', load.lost, '', 0),
    ];
  } finally {
    servers.stdin.end();
    servers.kill();
  }
}

function measureSize(python: string): Row {
  const program = 'import promptlab, os; print(os.path.dirname(promptlab.__file__))';
  const folder = execFileSync(python, ['-c', program], { encoding: 'utf8' }).trim();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.py'));
  const bytes = files.reduce((sum, name) => sum + readFileSync(path.join(folder, name)).length, 0);
  return row('installed size', bytes / 1_000, 'kB', 150);
}

/** Raw and wrapped in processes of their own, in turn; the least of the turns. */
async function comparePeers(python: string): Promise<string> {
  const pythons: Record<string, string> = { promptlab: python };
  for (const [name, requirements] of Object.entries(PEERS)) pythons[name] = await ensureEnvironment(name, requirements);
  const lines: string[][] = [];
  for (const [name, own] of Object.entries(pythons)) {
    const turns: { raw: Figures; wrapped: Figures }[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      turns.push({ raw: await measure(own, 'path', 'raw'), wrapped: await measure(own, 'path', name) });
    }
    const raw = leastFigures(turns.map((turn) => turn.raw));
    const wrapped = leastFigures(turns.map((turn) => turn.wrapped));
    const added = (key: string) => ((wrapped[key] ?? 0) - (raw[key] ?? 0)).toFixed(key.startsWith('chunk') ? 1 : 0);
    lines.push([
      name,
      added('call'),
      added('call_async'),
      added('chunk'),
      added('chunk_async'),
      (raw.call ?? 0).toFixed(0),
    ]);
  }
  return formatTable(['added, µs', 'call', 'call, async', 'chunk', 'chunk, async', 'raw call'], lines);
}

async function measure(python: string, ...args: string[]): Promise<Figures> {
  // No server of theirs is there: what they want to send is not measured.
  const away = {
    LANGFUSE_PUBLIC_KEY: 'pk-lf-x',
    LANGFUSE_SECRET_KEY: 'sk-lf-x',
    LANGFUSE_HOST: 'http://127.0.0.1:9',
    LANGSMITH_TRACING: 'true',
    LANGSMITH_API_KEY: 'x',
    LANGSMITH_ENDPOINT: 'http://127.0.0.1:9',
  };
  const { stdout } = await promisify(execFile)(python, [MEASURE, ...args], { env: { ...process.env, ...away } });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Figures;
}

async function leastOf(run: () => Promise<Figures>, turns: number): Promise<Figures> {
  const all: Figures[] = [];
  for (let turn = 0; turn < turns; turn++) all.push(await run());
  return leastFigures(all);
}

function leastFigures(all: readonly Figures[]): Figures {
  const keys = Object.keys(all[0] ?? {});
  return Object.fromEntries(keys.map((key) => [key, Math.min(...all.map((figures) => figures[key] ?? Infinity))]));
}

/** Kept between runs; the wheel is installed anew each time, since its version stays while it changes. */
async function ensureEnvironment(name: string, requirements: readonly string[]): Promise<string> {
  const folder = path.join(ROOT, 'node_modules', '.cache', 'promptlab-python', `bench-${name}`);
  const python = path.join(folder, 'bin', 'python');
  const isNew = !existsSync(python);
  const run = promisify(execFile);
  if (isNew) {
    mkdirSync(path.dirname(folder), { recursive: true });
    await run(process.env.PYTHON ?? 'python3', ['-m', 'venv', folder]);
  }
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  if (isNew) await run(python, [...install, OPENAI, ...requirements]);
  else if (name === 'promptlab') await run(python, [...install, '--force-reinstall', '--no-deps', ...requirements]);
  return python;
}

function wheel(): string {
  execFileSync(process.execPath, [path.join(ROOT, 'scripts', 'packWheel.mjs')]);
  const folder = path.join(ROOT, 'dist', 'sdk');
  const name = readdirSync(folder).find((file) => file.endsWith('.whl'));
  if (name === undefined) throw new Error('The wheel was not built.');
  return path.join(folder, name);
}

function row(what: string, value: number | undefined, unit: string, most: number): Row {
  const figure = value ?? Infinity;
  const shown = Number.isInteger(figure) ? String(figure) : figure.toFixed(figure < 1 ? 2 : 1);
  return {
    what,
    value: `${shown} ${unit}`.trim(),
    target: `≤ ${most.toFixed(most % 1 ? 1 : 0)} ${unit}`.trim(),
    isMet: figure <= most,
  };
}

function printRows(rows: readonly Row[]): string {
  const verdict = ({ isMet }: Row) => (isMet === undefined ? '' : isMet ? 'met' : 'MISSED');
  return formatTable(
    ['measure', 'value', 'target', ''],
    rows.map((one) => [one.what, one.value, one.target, verdict(one)]),
  );
}
