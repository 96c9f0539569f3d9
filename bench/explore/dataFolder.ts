/** Data folders with a month of requests, made once by the write path of the product and used again. */
import { fork } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { onCleanup } from '../lib/cleanup.ts';
import { formatNumber } from '../lib/numbers.ts';

/** Requests of the organization beside the one that is measured. */
export const NEIGHBOUR_ROWS = 100_000;
const NOTE = 'explore.json';
/** Of the process that fills. With the 16 MB of Node a third of its time goes to the collector. */
const YOUNG_MB = 64;

const FillResult = z.object({
  /** Keys with all scopes of the organization that is measured, and of the one beside it. */
  key: z.string(),
  neighbourKey: z.string(),
  fillSeconds: z.number(),
  vacuumSeconds: z.number(),
});
export type FillResult = z.infer<typeof FillResult>;

/** What a filled folder says of itself. */
const Filled = FillResult.extend({
  rows: z.number(),
  /** The newest request began before this moment. */
  until: z.string(),
});
export type Filled = z.infer<typeof Filled>;

/** The folder with `rows` requests below `parent`; it is filled where it is not there yet. */
export async function ensureFilled(parent: string, rows: number): Promise<{ folder: string; filled: Filled }> {
  const folder = path.join(path.resolve(parent), String(rows));
  const note = path.join(folder, NOTE);
  if (fs.existsSync(note) && fs.statSync(note).size > 0) {
    return { folder, filled: Filled.parse(JSON.parse(fs.readFileSync(note, 'utf8'))) };
  }
  if (fs.existsSync(folder) && !fs.existsSync(note)) {
    throw new Error(`${folder} was not made by this benchmark. Name another folder with --data.`);
  }
  fs.rmSync(folder, { recursive: true, force: true }); // Of a run that was stopped.
  fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
  fs.writeFileSync(note, '', { mode: 0o600 });
  const until = new Date().toISOString();
  const filled: Filled = { rows, until, ...(await fillApart(folder, rows, until)) };
  fs.writeFileSync(note, JSON.stringify(filled));
  process.stderr.write(
    `${formatNumber(rows)} requests beside ${formatNumber(NEIGHBOUR_ROWS)} in ${formatNumber(filled.fillSeconds)} s, and ${formatNumber(filled.vacuumSeconds)} s of VACUUM and ANALYZE.\n`,
  );
  return { folder, filled };
}

function fillApart(folder: string, rows: number, until: string): Promise<FillResult> {
  return new Promise((resolve, reject) => {
    const child = fork(path.join(import.meta.dirname, 'fill.ts'), [folder, String(rows), until], {
      execArgv: [`--max-semi-space-size=${YOUNG_MB}`, '--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    onCleanup(() => void child.kill('SIGTERM'));
    child.once('message', (result) => resolve(FillResult.parse(result)));
    child.once('exit', () => reject(new Error('The data folder was not filled.')));
  });
}
