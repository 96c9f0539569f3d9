// Installs the four majors of openai beside this file when they are missing or not those of the lock file.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

export function installMajors() {
  const wanted = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).dependencies;
  const isInstalled = Object.entries(wanted).every(([name, spec]) => {
    const file = join(here, 'node_modules', name, 'package.json');
    return existsSync(file) && spec.endsWith(`@${JSON.parse(readFileSync(file, 'utf8')).version}`);
  });
  if (isInstalled) return;
  console.log('Installing four majors of openai for the SDK tests …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: here,
    stdio: 'inherit',
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) installMajors();
