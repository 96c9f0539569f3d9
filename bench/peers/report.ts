/** The figures of a run as text. Pure. */
import { formatNumber, formatPercent } from '../lib/numbers.ts';
import { formatTable } from '../lib/table.ts';
import type { ContenderFigures, CrashFigures, LoadFigures } from './measure.ts';
import { SHAPES } from './shapes.ts';

/** A column. */
export interface Measured {
  readonly name: string;
  readonly protocol: string;
  readonly installedMb: number;
  readonly figures: ContenderFigures;
}

/** The first column is what the others are compared to. */
export function formatPeers(columns: readonly Measured[]): string {
  const row = (label: string, show: (column: Measured) => string) => [label, ...columns.map(show)];
  const last = <T>(all: readonly T[]): T => all.at(-1)!; // Each product has a figure for each shape.
  return formatTable(
    ['', ...columns.map(({ name, protocol }) => `${name}, ${protocol}`)],
    [
      ...SHAPES.map(({ label }, place) =>
        row(`${label}, readable/s`, ({ figures }) =>
          formatRate(figures.loads[place]!, columns[0]!.figures.loads[place]!),
        ),
      ),
      ...SHAPES.map(({ label }, place) =>
        row(`${label}, p50 / p99 of a call, ms`, ({ figures }) => {
          const { p50, p99 } = figures.loads[place]!.latency;
          return `${formatNumber(p50)} / ${formatNumber(p99)}`;
        }),
      ),
      row('CPU per log in batches of 100, with its Postgres, ms', ({ figures }) =>
        formatNumber(last(figures.loads).cpuMs),
      ),
      row('answered before it could be read', ({ figures }) => formatLag(figures.loads)),
      row('acknowledged and lost by kill -9', ({ figures }) => formatLost(figures.crash)),
      row('memory in batches of 100, with its Postgres, MB', ({ figures }) =>
        formatNumber(last(figures.loads).memoryMb),
      ),
      row('database per log, kB', ({ figures }) => formatNumber(figures.bytesALog / 1_000)),
      row(
        'start until it serves, first / again, s',
        ({ figures }) => `${formatNumber(figures.firstStartSeconds)} / ${formatNumber(figures.startSeconds)}`,
      ),
      row('installed, MB', ({ installedMb }) => formatNumber(installedMb)),
    ],
  );
}

/** `123 (43×)`: how many times as many the first product has; where the wait was over before all was readable, of how many. */
export function formatRate(load: LoadFigures, baseline: LoadFigures): string {
  const rate = load.readableLogs / load.seconds;
  const times = baseline.readableLogs / baseline.seconds / rate;
  const ratio = load === baseline ? '' : ` (${formatNumber(times)}×)`;
  const missing = load.ackedLogs - load.readableLogs;
  return `${formatNumber(rate)}${ratio}${missing > 0 ? `, ${formatNumber(missing)} of ${formatNumber(load.ackedLogs)} not yet` : ''}`;
}

/** Looking takes some time itself: what is readable at the first look was readable when it was answered. */
function formatLag(loads: readonly LoadFigures[]): string {
  const most = Math.max(...loads.map(({ lagSeconds }) => lagSeconds));
  return most < LOOK_SECONDS ? 'no' : `yes, up to ${formatNumber(most)} s`;
}

const LOOK_SECONDS = 0.2;

function formatLost({ ackedLogs, lostLogs }: CrashFigures): string {
  const share = lostLogs === 0 ? '' : ` (${formatPercent(lostLogs / ackedLogs)})`;
  return `${formatNumber(lostLogs)} of ${formatNumber(ackedLogs)}${share}`;
}
