/** Builds what is not built, or older than its sources. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** What is built, from what, and how. */
const PARTS = [
  {
    name: 'server',
    output: 'dist/server.js',
    sources: ['server', 'shared', 'package-lock.json'],
    script: 'build:server',
  },
  {
    name: 'client',
    output: 'dist/client/index.html',
    sources: ['client', 'shared', 'package-lock.json'],
    script: 'build:client',
  },
  { name: 'sdk', output: 'sdk/dist/esm/index.js', sources: ['sdk/src'], script: 'build:sdk' },
];

export function ensureBuilt(root, names = PARTS.map(({ name }) => name)) {
  for (const { output, sources, script } of PARTS.filter(({ name }) => names.includes(name))) {
    const built = mtime(path.join(root, output));
    if (built >= Math.max(...sources.map((source) => newest(path.join(root, source))))) continue;
    process.stdout.write(`Building ${path.dirname(output)} …\n`);
    const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
    execFileSync(npm[0], [...npm.slice(1), 'run', '--silent', script], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    // A build that writes the same file again must count as newer than its sources.
    fs.utimesSync(path.join(root, output), new Date(), new Date());
  }
}

function newest(entry) {
  if (!fs.existsSync(entry)) return 0;
  if (!fs.statSync(entry).isDirectory()) return mtime(entry);
  return Math.max(
    0,
    ...fs.readdirSync(entry, { withFileTypes: true }).map((child) => newest(path.join(entry, child.name))),
  );
}

function mtime(file) {
  return fs.existsSync(file) ? fs.statSync(file).mtimeMs : 0;
}
