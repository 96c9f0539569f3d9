/**
 * Runs openai-node's own tests on tracked clients, and compares them with the same tests on untouched ones.
 *
 *   npm run test:openai-node -- <checkout of github.com/openai/openai-node, installed> [--generated] [--node <path>] [vitest filters]
 *
 * The checkout is never changed: a configuration beside it wraps each client class when its module is loaded. The newest releases need
 * Node 22, which `--node` may name. `--generated` runs their generated tests, which want their mock server on port 4010.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const MAX_REGRESSIONS = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { generated: { type: 'boolean', default: false }, node: { type: 'string', default: process.execPath } },
});
const [given, ...filters] = positionals;
if (given === undefined) throw new Error('Name a checkout of openai-node: npm run test:openai-node -- <path>');
const checkout = resolve(given);
const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'promptlab-openai-node-'));
const build = join(folder, 'sdk');
execFileSync(process.execPath, [join(here, '..', '..', 'build.mjs'), build], { stdio: 'inherit' });

interface Outcome {
  readonly passed: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
}

const untouched = runTests('untouched', filters);
const tracked = runTests('tracked', filters);
const clients = readFileSync(join(folder, 'clients'), 'utf8').length;
const suspects = [...tracked.failed].filter((name) => untouched.passed.has(name) && !untouched.failed.has(name));
// Some of their tests run processes and clocks of their own: what passes at a second try was the machine.
const files = [...new Set(suspects.map((name) => name.split(' ')[0] as string))];
const again = files.length > 0 ? runTests('tracked', files) : tracked;
const regressions = suspects.filter((name) => again.failed.has(name));
rmSync(folder, { recursive: true, force: true });

for (const name of regressions) console.log(`regression: ${name}`);
console.log(`untouched: ${untouched.passed.size} passed, ${untouched.failed.size} failed`);
console.log(`tracked:   ${tracked.passed.size} passed, ${tracked.failed.size} failed; ${clients} clients tracked`);
console.log(`${regressions.length} regressions, at most ${MAX_REGRESSIONS}`);
if (clients === 0) throw new Error('No client was tracked, so this says nothing.');
process.exitCode = regressions.length > MAX_REGRESSIONS ? 1 : 0;

function runTests(mode: 'untouched' | 'tracked', only: readonly string[]): Outcome {
  const results = join(folder, `${mode}.json`);
  const env = {
    ...process.env,
    PROMPTLAB_BUILD: join(build, 'cjs', 'index.cjs'),
    PROMPTLAB_MODE: mode,
    PROMPTLAB_CLIENTS: join(folder, 'clients'),
    OPENAI_NODE: checkout,
  };
  writeFileSync(env.PROMPTLAB_CLIENTS, '');
  const [bin, ...args] = values.generated ? jestArgs(results) : vitestArgs(results);
  spawnSync(values.node, [join(checkout, 'node_modules', bin as string), ...args, ...only], {
    cwd: checkout,
    env,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  return readResults(results);
}

function vitestArgs(results: string): string[] {
  const config = join(here, 'vitest.config.mjs');
  return [
    'vitest/vitest.mjs',
    'run',
    '--config',
    config,
    '--root',
    checkout,
    '--maxWorkers=2',
    '--reporter=json',
    `--outputFile=${results}`,
  ];
}

function jestArgs(results: string): string[] {
  return [
    'jest/bin/jest.js',
    '-c',
    join(here, 'jest.config.cjs'),
    '--maxWorkers=2',
    '--json',
    `--outputFile=${results}`,
  ];
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function readResults(file: string): Outcome {
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as JsonReport;
  const outcome = { passed: new Set<string>(), failed: new Set<string>() };
  for (const { name, assertionResults } of testResults) {
    for (const { fullName, status } of assertionResults) {
      const id = `${name.slice(checkout.length + 1)} ${fullName}`;
      if (status === 'passed') outcome.passed.add(id);
      else if (status === 'failed') outcome.failed.add(id);
    }
  }
  return outcome;
}
