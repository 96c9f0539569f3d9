/** Wrappers side by side, each beside the raw client in an environment of its own. */
import { formatNumber, formatPercent } from '../lib/numbers.ts';
import { formatTable } from '../lib/table.ts';
import { type Figures, leastFigures, type Measure, type ServerUrls } from './figures.ts';

export interface Wrapper {
  /** As `measure.py` knows it. */
  readonly id: string;
  /** With its version. */
  readonly name: string;
  readonly measure: Measure;
}

interface CompareOptions {
  readonly turns: number;
  readonly urls: ServerUrls;
  readonly onStep: (label: string) => void;
}

/** Steps that `onStep` is told of for each wrapper. */
export const WRAPPER_STEPS = 4;

const COLUMNS = [
  'added to the raw client',
  'call, µs',
  'async',
  'chunk, µs',
  'async',
  'CPU of all threads, µs a call',
  'calls/s at 100 tasks',
  'import, ms',
  'modules',
  'memory, MB',
];

/** The first is the raw client itself, of which the figures are shown as they are. */
export async function compareWrappers(wrappers: readonly Wrapper[], options: CompareOptions): Promise<string> {
  const lines: string[][] = [];
  for (const wrapper of wrappers) lines.push(await compareWrapper(wrapper, options));
  return `${formatTable(COLUMNS, lines)}\n\nMemory: growth of the process over 10,000 calls of 9 kB, nobody there to take the records. CPU of all threads: what is sent in the background included.`;
}

async function compareWrapper(
  { id, name, measure }: Wrapper,
  { turns, urls, onStep }: CompareOptions,
): Promise<string[]> {
  const isRaw = id === 'raw';
  const collector = id === 'promptlab' ? urls.receiver : urls.collector;
  const inTurns = async (count: number, what: string, ...args: string[]) => {
    const measured: { raw: Figures; wrapped: Figures }[] = [];
    for (let turn = 0; turn < count; turn++) {
      const raw = await measure(what, 'raw', ...args);
      measured.push({ raw, wrapped: isRaw ? raw : await measure(what, id, ...args) });
    }
    return measured;
  };
  onStep(`${name}: calls and chunks`);
  const paths = await inTurns(turns, 'path');
  const raw = leastFigures(paths.map((turn) => turn.raw));
  const wrapped = leastFigures(paths.map((turn) => turn.wrapped));
  const added = (key: string) =>
    ((wrapped[key] ?? NaN) - (isRaw ? 0 : (raw[key] ?? NaN))).toFixed(key.startsWith('chunk') ? 1 : 0);

  onStep(`${name}: 100 tasks`);
  const [load] = await inTurns(1, 'load', urls.provider, collector);
  const loaded = (key: 'raw' | 'wrapped', figure: 'rate' | 'cpu') => load?.[key][figure] ?? NaN;

  onStep(`${name}: memory`);
  const grown = (await measure('memory', id)).bytes ?? NaN;
  onStep(`${name}: import`);
  const imports = isRaw ? null : leastFigures([await measure('imports', id), await measure('imports', id)]);
  return [
    name,
    added('call'),
    added('call_async'),
    added('chunk'),
    added('chunk_async'),
    formatNumber(loaded('wrapped', 'cpu') - (isRaw ? 0 : loaded('raw', 'cpu'))),
    isRaw ? formatNumber(loaded('raw', 'rate')) : formatPercent(loaded('wrapped', 'rate') / loaded('raw', 'rate')),
    imports ? formatNumber(imports.ms ?? NaN) : '–',
    imports ? formatNumber(imports.modules ?? NaN) : '–',
    formatNumber(grown / 1e6),
  ];
}
