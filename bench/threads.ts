/**
 * `npm run bench -- threads [--quick]`: what threads that read bodies give and take (INGEST_WORKERS): the processor time of a
 * body, read in the main thread or handed over, and the same load on two servers in turn, without and with two threads.
 */
import { measureHandingOver } from './threads/handedOver.ts';
import { measurePairs } from './threads/pairs.ts';

export async function run(args: string[]): Promise<void> {
  const rounds = args.includes('--quick') ? 3 : 9;
  process.stdout.write(`\n${await measureHandingOver(rounds)}\n`);
  process.stdout.write(`\n${await measurePairs(rounds)}\n`);
}
