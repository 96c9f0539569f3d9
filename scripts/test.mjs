/**
 * `npm test`: builds what is not built, then runs every test, with a real Postgres and a real browser. Arguments are
 * jest's, such as `npm test -- server/rest`. The last line is the count: "123 passed, 0 failed".
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt } from './ensureBuilt.mjs';

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);
await ensureBuilt(root);

// A temporary folder of this user's: the browser unpacks itself to a fixed name in it, which another user could not run.
const temporary = path.join(os.tmpdir(), `promptlab-test-${os.userInfo().uid}`);
fs.mkdirSync(temporary, { recursive: true, mode: 0o755 });
const env = { ...process.env, TMPDIR: temporary };

const results = path.join(fs.mkdtempSync(path.join(temporary, 'results-')), 'results.json');
const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
// Two workers whatever the machine has: several tests start servers of their own.
const flags = ['--maxWorkers=2', '--testTimeout=30000', '--json', `--outputFile=${results}`, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, [jest, ...flags], {
  // With --json jest writes its results to stdout as well; the report for people is on stderr.
  stdio: ['ignore', 'ignore', 'inherit'],
  env,
});

if (fs.existsSync(results)) {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(fs.readFileSync(results, 'utf8'));
  // A file that does not load has no failed test of its own.
  const brokenFiles = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + brokenFiles;
  process.stdout.write(
    `${numPassedTests} passed, ${failed} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}\n`,
  );
}
fs.rmSync(path.dirname(results), { recursive: true, force: true });
process.exit(status ?? 1);
