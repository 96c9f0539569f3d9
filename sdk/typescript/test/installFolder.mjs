// Installs what is in the package.json of a folder beside it, as its lock file says, when it is missing or of another version.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export function installFolder(folder) {
  const wanted = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).dependencies;
  const isInstalled = Object.entries(wanted).every(([name, spec]) => {
    const file = join(folder, 'node_modules', name, 'package.json');
    return existsSync(file) && spec.endsWith(JSON.parse(readFileSync(file, 'utf8')).version);
  });
  if (isInstalled) return;
  console.log(`Installing the packages of ${folder} …`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
  });
}
