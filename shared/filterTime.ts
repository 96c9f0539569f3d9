/** The times that filters take. */
import { z } from 'zod';
import { Instant } from './primitives.ts';

/** Postgres counts no year 0, and an offset can lead out of the years that four digits hold. */
const FIRST_TIME_MS = Date.parse('0001-01-02T00:00:00Z');
const LAST_TIME_MS = Date.parse('9999-12-31T23:59:59.999Z');
/** A time in the years that Postgres and an ISO time of four digits hold. */
export const FilterTime = z
  .string()
  // An address that was not escaped says `+02:00`, which is read as a space.
  .overwrite((time) => time.replace(/ (?=\d\d:\d\d$)/, '+'))
  .pipe(
    Instant.refine((time) => {
      const ms = Date.parse(time);
      return ms >= FIRST_TIME_MS && ms <= LAST_TIME_MS;
    }, 'must be a time in the years 1 to 9999'),
  );
