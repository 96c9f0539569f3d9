/** The figures of a run as text. Pure. */
import { formatNumber, formatPercent, median } from '../lib/numbers.ts';
import { formatTable, type Goal, judge } from '../lib/table.ts';
import type { OverloadFigures } from './overload.ts';
import type { ProductLoad, Round } from './rounds.ts';

export interface Figures {
  readonly rounds: readonly Round[];
  readonly steady: ProductLoad;
  readonly overloads: readonly { readonly label: string; readonly figures: OverloadFigures }[];
  /** Of the machine, while the benchmark did nothing. */
  readonly idleShare: number;
  readonly peakMb: number;
  readonly stored: { readonly acked: number; readonly rows: number; readonly unknown: number };
}

/** What a release must reach, and what we aim for: ratios to the baselines that are measured in the same run. */
const GOALS = {
  cpu: { must: 3, aim: 2.2, better: 'less' },
  batches: { must: 0.4, aim: 0.6, better: 'more' },
  singles: { must: 0.6, aim: 0.85, better: 'more' },
  p99: { must: 150, aim: 50, better: 'less' },
  memory: { must: 350, aim: 250, better: 'less' },
  recovery: { must: 5, aim: 1, better: 'less' },
  lost: { must: 0, aim: 0, better: 'less' },
} as const satisfies Record<string, Goal>;

/** Below it the rates depend on the neighbours: COPY needs one core, the product all of them. */
const IDLE_ENOUGH = 0.9;

export function formatFigures(figures: Figures): string {
  const middle = (name: keyof Round) => median(figures.rounds.map((round) => round[name]));
  const ratio = (name: keyof Round, baseline: keyof Round) =>
    median(figures.rounds.map((round) => round[name] / round[baseline]));
  const { steady, stored } = figures;
  const percent = (goal: Goal, value: number) => [
    formatPercent(goal.must),
    formatPercent(goal.aim),
    judge(value, goal),
  ];
  const plain = (goal: Goal, value: number) => [formatNumber(goal.must), formatNumber(goal.aim), judge(value, goal)];
  const times = (goal: Goal, value: number) => [`${goal.must}×`, `${goal.aim}×`, judge(value, goal)];
  const rate = (goal: Goal, value: number) =>
    figures.idleShare >= IDLE_ENOUGH ? percent(goal, value) : [...percent(goal, value).slice(0, 2), 'not judged'];
  const formatTimes = (value: number) => `${formatNumber(value)}×`;
  const cpuRatio = ratio('batchCpu', 'copyCpu');
  const smallCpuRatio = ratio('smallBatchCpu', 'smallCopyCpu');
  const batchRatio = ratio('batches', 'copyAll');
  const singleRatio = ratio('singles', 'express');
  const lost = Math.max(0, stored.acked - stored.rows);
  const recovery = Math.max(...figures.overloads.map((each) => each.figures.recoverySeconds));
  return formatTable(
    ['what', 'figure', 'baseline', 'ratio', 'must', 'aim', 'verdict'],
    [
      [
        'CPU µs a log in batches of 100, server + Postgres, to COPY',
        formatNumber(middle('batchCpu')),
        formatNumber(middle('copyCpu')),
        formatTimes(cpuRatio),
        ...times(GOALS.cpu, cpuRatio),
      ],
      [
        '  of small logs',
        formatNumber(middle('smallBatchCpu')),
        formatNumber(middle('smallCopyCpu')),
        formatTimes(smallCpuRatio),
        ...times(GOALS.cpu, smallCpuRatio),
      ],
      ['CPU µs a single log at 64 connections', formatNumber(middle('singleCpu')), '', '', '', '', ''],
      ['  a small one', formatNumber(middle('smallSingleCpu')), '', '', '', '', ''],
      [
        'logs/s in batches of 100, to COPY',
        formatNumber(middle('batches')),
        formatNumber(middle('copyAll')),
        formatPercent(batchRatio),
        ...rate(GOALS.batches, batchRatio),
      ],
      [
        '  of small logs',
        formatNumber(middle('smallBatches')),
        formatNumber(middle('smallCopy')),
        formatPercent(ratio('smallBatches', 'smallCopy')),
        '',
        '',
        '',
      ],
      [
        '  to COPY with a commit every 100 rows',
        '',
        formatNumber(middle('copyHundreds')),
        formatPercent(ratio('batches', 'copyHundreds')),
        '',
        '',
        '',
      ],
      [
        'single POSTs/s at 64 connections, to Express alone',
        formatNumber(middle('singles')),
        formatNumber(middle('express')),
        formatPercent(singleRatio),
        ...rate(GOALS.singles, singleRatio),
      ],
      [
        '  small logs',
        formatNumber(middle('smallSingles')),
        formatNumber(middle('smallExpress')),
        formatPercent(ratio('smallSingles', 'smallExpress')),
        '',
        '',
        '',
      ],
      [
        '  to one INSERT per request',
        '',
        formatNumber(middle('inserts')),
        formatPercent(ratio('singles', 'inserts')),
        '',
        '',
        '',
      ],
      ['p50 of a single POST at 1,000/s, ms', formatNumber(steady.latency.p50), '', '', '', '', ''],
      [
        'p99 of a single POST at 1,000/s, ms',
        formatNumber(steady.latency.p99),
        '',
        '',
        ...plain(GOALS.p99, steady.latency.p99),
      ],
      ['answers other than 201 at 1,000/s', formatNumber(steady.sent - steady.ackedLogs), '', '', '', '', ''],
      ['most memory of the server, MB', formatNumber(figures.peakMb), '', '', ...plain(GOALS.memory, figures.peakMb)],
      ['slowest recovery after overload, s', formatNumber(recovery), '', '', ...plain(GOALS.recovery, recovery)],
      ['the machine was idle, but for this benchmark', formatPercent(figures.idleShare), '', '', '', '', ''],
      ['acknowledged and lost', formatNumber(lost), formatNumber(stored.acked), '', ...plain(GOALS.lost, lost)],
    ],
  );
}

/** What the server does when more comes than it can store. */
export function formatOverloads({ overloads, rounds }: Figures): string {
  const peakOf = (label: string) =>
    median(rounds.map((round) => (label.startsWith('batches') ? round.batches : round.singles)));
  return formatTable(
    [
      'overload',
      'logs/s stored',
      'of peak',
      '503',
      'with Retry-After',
      'p50 of a 503, ms',
      'p99 of a 201, ms',
      'gave up',
      'MB',
      'recovery, s',
    ],
    overloads.map(({ label, figures: { load, goodput, recoverySeconds } }) => {
      const refused = load.statuses['503'] ?? 0;
      return [
        label,
        formatNumber(goodput),
        formatPercent(goodput / peakOf(label)),
        formatPercent(refused / load.sent),
        refused === 0 ? '–' : formatPercent(load.retryAfter / refused),
        formatNumber(load.refusal.p50),
        formatNumber(load.latency.p99),
        formatNumber(load.unsent + load.unanswered),
        formatNumber(load.residentMb),
        formatNumber(recoverySeconds),
      ];
    }),
  );
}

/** Where the time went. A ratio to a baseline cannot be better than the CPU that is left for it on this machine. */
export function formatCpu(label: string, loads: readonly ProductLoad[]): string {
  const share = (cpu: (load: ProductLoad) => number) =>
    formatPercent(median(loads.map((load) => cpu(load) / load.seconds)));
  const each = (cpu: (load: ProductLoad) => number) =>
    formatNumber(median(loads.map((load) => (cpu(load) / load.ackedLogs) * 1e6)));
  const server = (load: ProductLoad) => load.serverCpuSeconds;
  const writers = (load: ProductLoad) => load.writersCpuSeconds;
  return (
    `${label}, CPU: server ${each(server)} µs a log (${share(server)} of a core), ` +
    `Postgres writers ${each(writers)} µs (${share(writers)}), load generator ${share((load) => load.cpuSeconds)} of a core`
  );
}
