/** The same load on two servers, one that reads all bodies in its main thread and one with two threads for it, in turn. */
import { createEnvironment, type TestEnvironment } from '../ingest/environment.ts';
import { loadBatches, loadSingles, type ProductLoad } from '../ingest/rounds.ts';
import { formatNumber, median } from '../lib/numbers.ts';
import { formatTable } from '../lib/table.ts';

/** Logs of one load of batches, and seconds of one of single logs. */
const LOGS = 5_000;
const SECONDS = 3;
const THREADS = ['0', '2'] as const;

const LOADS: readonly (readonly [label: string, run: (environment: TestEnvironment) => Promise<ProductLoad>])[] = [
  ['batches of 100', (environment) => loadBatches(environment, LOGS, 'realistic')],
  ['batches of 100 small logs', (environment) => loadBatches(environment, LOGS, 'small')],
  ['single logs', (environment) => loadSingles(environment, SECONDS)],
];

/** A table of rates, processor time and memory; the ratio is the median of those of the pairs. */
export async function measurePairs(rounds: number): Promise<string> {
  const servers: TestEnvironment[] = [];
  for (const threads of THREADS) {
    process.env.INGEST_WORKERS = threads; // What the product is started with.
    servers.push(await createEnvironment());
  }
  const rows: string[][] = [];
  for (const [label, run] of LOADS) {
    const results: ProductLoad[][] = THREADS.map(() => []);
    for (let round = -1; round < rounds; round++) {
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      for (const place of order) {
        const environment = servers[place];
        if (!environment) continue;
        await environment.client.query('CHECKPOINT');
        const load = await run(environment);
        // The first ones warm up.
        if (round >= 0) results[place]?.push(load);
      }
    }
    const rate = (load: ProductLoad | undefined) => (load ? load.ackedLogs / load.seconds : NaN);
    const micros = (load: ProductLoad, seconds: number) => (seconds / load.ackedLogs) * 1e6;
    const ratios = (results[0] ?? []).map((load, round) => rate(results[1]?.[round]) / rate(load));
    THREADS.forEach((threads, place) => {
      const loads = results[place] ?? [];
      const of = (value: (load: ProductLoad) => number) => formatNumber(median(loads.map(value)));
      rows.push([
        label,
        threads,
        of(rate),
        place === 0 ? '' : formatNumber(median(ratios)),
        of((load) => micros(load, load.serverCpuSeconds)),
        of((load) => micros(load, load.writersCpuSeconds)),
        of((load) => load.latency.p95),
        of((load) => load.residentMb),
      ]);
    });
  }
  const head = ['load', 'threads', 'logs/s', 'ratio', 'CPU µs a log: server', 'writers', 'p95 ms', 'memory MB'];
  return `Medians of ${rounds} pairs\n${formatTable(head, rows)}`;
}
