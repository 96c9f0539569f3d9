/** What the benchmarks over many requests are asked for: how many there are, where they are kept, and which cases are measured. */
import fs from 'node:fs';
import { makeDataDir } from '#tests/support/startProduct';
import { onCleanup } from '../lib/cleanup.ts';

/** As `parseArgs` wants them. */
export const EXPLORE_OPTIONS = {
  rows: { type: 'string', default: '100000,1000000' },
  data: { type: 'string' },
  only: { type: 'string' },
} as const;

interface GivenOptions {
  readonly rows: string;
  readonly data?: string | undefined;
  readonly only?: string | undefined;
}

export interface ExploreOptions {
  /** Requests of the organization that is measured, in the order in which they were asked for. */
  readonly sizes: readonly number[];
  /** Where a folder for each size is, or is made; a temporary one is removed at the end. */
  readonly parent: string;
  readonly isAskedFor: (section: string) => boolean;
}

/** Reads what `parseArgs` found. @throws {Error} where a size is no whole number. */
export function readExploreOptions({ rows, data, only }: GivenOptions): ExploreOptions {
  const sizes = rows.split(',').map(Number);
  if (sizes.some((size) => !Number.isInteger(size) || size < 1))
    throw new Error('--rows takes whole numbers, such as 100000,1000000.');
  const sections = only?.split(',');
  return { sizes, parent: data ?? makeTemporary(), isAskedFor: (section) => sections?.includes(section) ?? true };
}

function makeTemporary(): string {
  const folder = makeDataDir();
  onCleanup(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
