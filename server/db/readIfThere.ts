import fs from 'node:fs';

/** The text of a file; null where it is not there, or went away in between. */
export function readIfThere(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
