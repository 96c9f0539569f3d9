/** The figures of a run as text. Pure. */
import { formatNumber, formatPercent, median } from '../lib/numbers.ts';
import { formatTable, type Goal, judge } from '../lib/table.ts';
import type { OverloadFigures } from './overload.ts';
import type { ProductLoad, Round } from './rounds.ts';

export interface Figures {
  readonly rounds: readonly Round[];
  readonly steady: ProductLoad;
  readonly overloads: readonly { readonly label: string; readonly figures: OverloadFigures }[];
  readonly peakMb: number;
  readonly stored: { readonly acked: number; readonly rows: number; readonly unknown: number };
}

/** What a release must reach, and what we aim for: ratios to the baselines that are measured in the same run. */
const GOALS = {
  batches: { must: 0.4, aim: 0.7, better: 'more' },
  singles: { must: 0.6, aim: 0.85, better: 'more' },
  p99: { must: 150, aim: 50, better: 'less' },
  memory: { must: 350, aim: 250, better: 'less' },
  recovery: { must: 5, aim: 1, better: 'less' },
  lost: { must: 0, aim: 0, better: 'less' },
} as const satisfies Record<string, Goal>;

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
  const batchRatio = ratio('batches', 'copyAll');
  const singleRatio = ratio('singles', 'express');
  const lost = Math.max(0, stored.acked - stored.rows);
  const recovery = Math.max(...figures.overloads.map((each) => each.figures.recoverySeconds));
  return formatTable(
    ['what', 'figure', 'baseline', 'ratio', 'must', 'aim', 'verdict'],
    [
      [
        'logs/s in batches of 100, to COPY',
        formatNumber(middle('batches')),
        formatNumber(middle('copyAll')),
        formatPercent(batchRatio),
        ...percent(GOALS.batches, batchRatio),
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
        ...percent(GOALS.singles, singleRatio),
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
