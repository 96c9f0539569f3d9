/** Builds what is not built, or older than its sources. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** What is built, from what, and how. */
const PARTS = [
  {
    name: 'server',
    outputs: ['dist/server.js', 'dist/ingestThread.js', 'dist/searchIndexThread.js'],
    sources: ['server', 'demo', 'shared', 'package-lock.json'],
    script: 'build:server',
  },
  {
    name: 'client',
    outputs: ['dist/client/index.html'],
    sources: ['client', 'shared', 'package-lock.json'],
    script: 'build:client',
  },
  {
    name: 'sdk',
    // The package's own files, which `examples/` and `bench/` import, and what the server hands out.
    outputs: ['sdk/dist/esm/index.d.ts', 'dist/sdk/promptlab.tgz', 'dist/sdk/index.html'],
    sources: [
      'sdk/typescript/src',
      'sdk/typescript/build.mjs',
      'sdk/package.json',
      'sdk/README.md',
      'sdk/python/src',
      'sdk/python/README.md',
      'sdk/pyproject.toml',
    ],
    script: 'build:sdk',
  },
];

/** Resolves when everything named is built; what must be built is built side by side. */
export async function ensureBuilt(root, names = PARTS.map(({ name }) => name)) {
  const stale = PARTS.filter(({ name, outputs, sources }) => {
    const newestSource = Math.max(...sources.map((source) => newest(path.join(root, source))));
    const oldestOutput = Math.min(...outputs.map((output) => mtime(path.join(root, output))));
    return names.includes(name) && oldestOutput < newestSource;
  });
  if (stale.length === 0) return;
  process.stdout.write(`Building ${stale.map(({ name }) => name).join(', ')} …\n`);
  await Promise.all(stale.map((part) => build(root, part)));
}

function build(root, { name, outputs, script }) {
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const child = spawn(npm[0], [...npm.slice(1), 'run', '--silent', script], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code !== 0) return reject(new Error(`The ${name} could not be built: \`npm run ${script}\` says why.`));
      // A build that writes the same file again must count as newer than its sources.
      for (const output of outputs) fs.utimesSync(path.join(root, output), new Date(), new Date());
      resolve();
    });
  });
}

function newest(entry) {
  if (!fs.existsSync(entry)) return 0;
  if (!fs.statSync(entry).isDirectory()) return mtime(entry);
  return Math.max(
    0,
    ...fs
      .readdirSync(entry)
      .filter((name) => name !== '__pycache__')
      .map((name) => newest(path.join(entry, name))),
  );
}

function mtime(file) {
  return fs.existsSync(file) ? fs.statSync(file).mtimeMs : 0;
}
