/**
 * The tests of the Python SDK, for one version of each major of `openai`, each in a virtual environment of its own that is
 * kept below `node_modules/.cache`. Part of `npm test`; alone: `npm test -- sdk/python`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { ensureEnvironment, findPython, OLDEST, run } from './pythonEnvironment.mjs';

const root = path.resolve(import.meta.dirname, '..');
const sdk = path.join(root, 'sdk');

const COMMON = ['pytest==8.4.2'];
/** `extra`: what only some tests need, which is left out where there is no build of it. */
const MAJORS = [
  { openai: '3.57.0', extra: ['gevent==25.9.1', 'mypy==1.18.2', 'hatchling==1.27.0'] },
  { openai: '2.54.0', extra: [] },
  { openai: '1.109.1', extra: [] },
];

/** Counts of all majors together. `pytestArgs`: such as `-k p42`. */
export async function testPython(pytestArgs = []) {
  const python = findPython();
  if (!python) {
    const message = `Python SDK: skipped, no Python ${OLDEST.join('.')} or newer on the PATH`;
    if (process.env.CI === 'true') {
      process.stderr.write(`${message.replace('skipped', 'failed')}; CI must have one.\n`);
      return { passed: 0, failed: 1, skipped: 0 };
    }
    process.stderr.write(`${message}.\n`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  // Side by side: most of their time is spent waiting.
  const ofMajors = await Promise.all(MAJORS.map((major) => testMajor(python, major, pytestArgs)));
  for (const one of ofMajors) for (const name of Object.keys(counts)) counts[name] += one[name];
  return counts;
}

async function testMajor(python, { openai, extra }, pytestArgs) {
  const started = Date.now();
  const label = `Python SDK, Python ${python.version}, openai ${openai}`;
  try {
    const environment = await ensureEnvironment(python, [`openai==${openai}`, ...COMMON], extra);
    const report = path.join(environment.folder, `junit-${process.pid}.xml`);
    const args = [
      '-m',
      'pytest',
      '-q',
      '--tb=short',
      '--show-capture=no',
      '-p',
      'no:cacheprovider',
      `--junit-xml=${report}`,
      ...pytestArgs,
    ];
    // Each test of a process would compile our sources again; kept apart from them, so that no package takes it along.
    const compiled = { PYTHONDONTWRITEBYTECODE: '', PYTHONPYCACHEPREFIX: path.join(environment.folder, 'pycache') };
    const { output } = await run(environment.python, args, sdk, compiled);
    const counts = readReport(report);
    fs.rmSync(report, { force: true });
    if (!counts) throw new Error(output);
    if (counts.failed > 0) process.stderr.write(`${output}\n`);
    const seconds = Math.round((Date.now() - started) / 1_000);
    process.stderr.write(
      `${label}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s\n`,
    );
    return counts;
  } catch (error) {
    process.stderr.write(`${label}: could not be run.\n${error instanceof Error ? error.message : String(error)}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function readReport(file) {
  if (!fs.existsSync(file)) return null;
  const [suite = ''] = /<testsuite [^>]*>/.exec(fs.readFileSync(file, 'utf8')) ?? [];
  const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped') };
}

/** The Python of the newest major's environment, for tests that run one. Empty where there is no Python. */
async function newestEnvironment() {
  const python = findPython();
  if (!python) return '';
  const [{ openai, extra }] = MAJORS;
  return (await ensureEnvironment(python, [`openai==${openai}`, ...COMMON], extra)).python;
}

if (process.argv[1] === import.meta.filename) process.stdout.write(await newestEnvironment());
