import { Initial1764000000000 } from './0001-initial.ts';
import { SignInCodes1764000000004 } from './0004-sign-in-codes.ts';

/** In order. A released migration is never edited; a change of the schema is a new file here. */
export const migrations = [Initial1764000000000, SignInCodes1764000000004];
