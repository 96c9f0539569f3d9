/** Virtual environments of Python for tests and benchmarks, below `node_modules/.cache`, kept between runs. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
/** The oldest Python that all that is installed here runs with. */
export const OLDEST = [3, 10];

/** The command of a Python that is new enough; null where the PATH has none. */
export function findPython() {
  const program = 'import sys; print(*sys.version_info[:2], sys.executable, sep="\\n")';
  for (const command of [
    ['python3'],
    ['python'],
    ['py', '-3'],
    ['python3.14'],
    ['python3.13'],
    ['python3.12'],
    ['python3.11'],
    ['python3.10'],
  ]) {
    const { status, stdout } = spawnSync(command[0], [...command.slice(1), '-c', program], { encoding: 'utf8' });
    if (status !== 0) continue;
    const [major, minor, executable] = stdout.trim().split('\n');
    if (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]) return { executable, version: `${major}.${minor}` };
  }
  return null;
}

/**
 * Made once for what is in it, below `node_modules/.cache`; half of one is made anew. `extra` is left out where there is no build of it.
 * Throws with what pip printed where `requirements` cannot be installed.
 */
export async function ensureEnvironment(python, requirements, extra = []) {
  const key = createHash('sha256')
    .update(JSON.stringify([python, requirements, extra]))
    .digest('hex')
    .slice(0, 16);
  const folder = path.join(root, 'node_modules', '.cache', 'promptlab-python', key);
  const bin = path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
  const mark = path.join(folder, 'complete');
  if (fs.existsSync(mark)) return { folder, python: bin };
  fs.rmSync(folder, { recursive: true, force: true });
  await must(python.executable, ['-m', 'venv', folder]);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await must(bin, [...install, ...requirements]);
  for (const one of extra) {
    const { status } = await run(bin, [...install, one], root);
    if (status !== 0) process.stderr.write(`${one} cannot be installed here; what needs it is skipped.\n`);
  }
  fs.writeFileSync(mark, '');
  return { folder, python: bin };
}

async function must(command, args) {
  const { status, output } = await run(command, args, root);
  if (status !== 0) throw new Error(`${path.basename(command)} ${args.join(' ')}\n${output}`);
}

/** Runs a program to its end, in `cwd`: its exit code and all it printed. */
export function run(command, args, cwd, more = {}) {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...more };
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ status: 1, output: String(error) }));
    child.once('close', (status) => resolve({ status, output }));
  });
}
