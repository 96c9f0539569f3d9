import { Initial1764000000000 } from './0001-initial.ts';
import { Sanitized1764160000003 } from './0003-sanitized.ts';

/** In order. A released migration is never edited; a change of the schema is a new file here. */
export const migrations = [Initial1764000000000, Sanitized1764160000003];
