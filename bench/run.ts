/** `npm run bench -- <name> [args]`: runs the benchmark of that name, `bench/<name>.ts`. */
import { readdirSync } from 'node:fs';
import { runCleanups, stopOnSignals } from './lib/cleanup.ts';

/** What each `bench/<name>.ts` exports. */
interface Benchmark {
  run(args: string[]): Promise<void>;
}

async function main([name, ...args]: string[]): Promise<void> {
  if (name === undefined || !listNames().includes(name)) {
    const problem = name === undefined ? 'Which benchmark?' : `There is no benchmark "${name}".`;
    throw new Error(`${problem} Use: npm run bench -- <${listNames().join(' | ')}> [--quick]`);
  }
  stopOnSignals();
  const benchmark = (await import(`./${name}.ts`)) as Benchmark; // By the rule above.
  await benchmark.run(args);
}

/** A benchmark is a file beside this one, so that adding one needs no list. */
function listNames(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'run.ts')
    .map((file) => file.slice(0, -'.ts'.length));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await runCleanups();
}
