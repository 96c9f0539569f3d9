import fs from 'node:fs';
import path from 'node:path';

/** Megabytes of the files below these folders. A folder `node_modules` within one is left out: each package is a folder of its own. */
export function sizeMb(folders: readonly string[]): number {
  return [...new Set(folders)].reduce((sum, folder) => sum + sizeOf(folder), 0) / 1e6;
}

function sizeOf(folder: string): number {
  return fs.readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + sizeOf(file);
    return entry.isFile() ? sum + fs.statSync(file).size : sum;
  }, 0);
}
