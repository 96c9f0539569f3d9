/** Lengths of time in milliseconds. A day is 24 hours: of UTC, or of a clock that was not changed. */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
