/**
 * `npm test`: builds what is not built, then runs every test, with a real Postgres, a real browser and a real Python. Arguments
 * are jest's, such as `npm test -- server/rest`; `npm test -- sdk/python` runs the Python tests alone, with arguments of pytest
 * behind it. The last line is the count: "123 passed, 0 failed".
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt } from './ensureBuilt.mjs';
import { testPython } from './testPython.mjs';

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);
await ensureBuilt(root);

const args = process.argv.slice(2);
const isPythonAlone = args[0] === 'sdk/python';
const counts = { passed: 0, failed: 0, skipped: 0 };

// Side by side: the Python tests spend most of their time waiting.
const statuses = await Promise.all([
  isPythonAlone ? 0 : runJest(),
  // Whoever names files or patterns of jest wants no other test.
  isPythonAlone || args.length === 0 ? runPython() : 0,
]);
const status = Math.max(...statuses);
const { passed, failed, skipped } = counts;
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exit(status);

async function runPython() {
  const python = await testPython(isPythonAlone ? args.slice(1) : []);
  for (const name of Object.keys(counts)) counts[name] += python[name];
  return python.failed > 0 ? 1 : 0;
}

/** Adds to the counts; gives back the exit code. */
async function runJest() {
  // A temporary folder of this user's: the browser unpacks itself to a fixed name in it, which another user could not run.
  const temporary = path.join(os.tmpdir(), `promptlab-test-${os.userInfo().uid}`);
  fs.mkdirSync(temporary, { recursive: true, mode: 0o755 });
  const env = { ...process.env, TMPDIR: temporary };

  const results = path.join(fs.mkdtempSync(path.join(temporary, 'results-')), 'results.json');
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  // Three workers whatever the machine has: on two cores one of them waits for a server or a browser most of the time. More would
  // make those wait for each other, since several tests start servers of their own.
  const flags = ['--maxWorkers=3', '--testTimeout=30000', '--json', `--outputFile=${results}`, ...args];
  // With --json jest writes its results to stdout as well; the report for people is on stderr.
  const child = spawn(process.execPath, [jest, ...flags], { stdio: ['ignore', 'ignore', 'inherit'], env });
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  if (fs.existsSync(results)) {
    const report = JSON.parse(fs.readFileSync(results, 'utf8'));
    // A file that does not load has no failed test of its own.
    const brokenFiles = report.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    ).length;
    counts.passed += report.numPassedTests;
    counts.failed += report.numFailedTests + brokenFiles;
    counts.skipped += report.numPendingTests;
    for (const { fullName } of repeated(report)) process.stderr.write(`Passed when it was repeated: ${fullName}\n`);
  }
  fs.rmSync(path.dirname(results), { recursive: true, force: true });
  return exitCode ?? 1;
}

/** The tests that failed at first: see tests/support/repeatOnce.ts. */
function repeated(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  return tests.filter(({ status, invocations }) => status === 'passed' && invocations > 1);
}
