import { Initial1764000000000 } from './0001-initial.ts';
import { Jobs1764000400000 } from './0002-jobs.ts';

/** In order. A released migration is never edited; a change of the schema is a new file here. */
export const migrations = [Initial1764000000000, Jobs1764000400000];
