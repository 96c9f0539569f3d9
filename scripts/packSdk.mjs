/** Packs the SDK into dist/sdk/promptlab.tgz, which the server hands out. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist', 'sdk');
fs.mkdirSync(dist, { recursive: true });
const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
const output = execFileSync(npm[0], [...npm.slice(1), 'pack', '-w', 'sdk', '--pack-destination', dist, '--json'], {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
const packed = JSON.parse(output);
const [{ filename }] = Array.isArray(packed) ? packed : Object.values(packed);
fs.renameSync(path.join(dist, filename), path.join(dist, 'promptlab.tgz'));
