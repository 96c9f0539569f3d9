/** Places in a list ordered by `started_at`, `id`: as an opaque cursor, and as a condition. */
import { z } from 'zod';
import { AppError } from '#server/errors';
import type { RowKey } from './pages.ts';
import type { Parameters } from './sql.ts';

/** A row of the list. */
export type Place = Pick<RowKey, 'started_at' | 'id'>;

/** A place, and which way the page lies from it. */
export interface Position extends Place {
  readonly direction: 'next' | 'prev';
}

const CursorContent = z.tuple([
  z.enum(['next', 'prev']),
  // Postgres counts no year 0.
  z.iso.datetime().refine((time) => !time.startsWith('0000')),
  z.uuid(),
]);

/**
 * The cursor of the page beyond a row; null where there is no row. It names no organization: the scope of the call
 * decides whose rows it meets.
 */
export function cursorAt(direction: Position['direction'], row: Place | undefined): string | null {
  if (row === undefined) return null;
  return Buffer.from(JSON.stringify([direction, row.started_at, row.id])).toString('base64url');
}

/** Null where none was sent. @throws {AppError} `invalid_cursor` for anything we did not make. */
export function parseCursor(cursor: string | undefined): Position | null {
  if (cursor === undefined) return null;
  try {
    const [direction, started_at, id] = CursorContent.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { direction, started_at, id };
  } catch (error) {
    throw new AppError('invalid_cursor', '`cursor` is not one of ours: use the cursor of the previous page as it is.', {
      param: 'cursor',
      cause: error,
    });
  }
}

/** As parseCursor, of a list that is only read forwards. @throws {AppError} `invalid_cursor`, also for one backwards. */
export function parseNextCursor(cursor: string | undefined): Position | null {
  const position = parseCursor(cursor);
  if (position?.direction === 'prev') {
    throw new AppError('invalid_cursor', '`cursor` must be the next cursor of the page before.', { param: 'cursor' });
  }
  return position;
}

/** The condition that a row `r` stands before (`<`) or after (`>`) a place, in the order of `started_at`, `id`. */
export function beyondSql(parameters: Parameters, comparison: '<' | '>', place: Place): string {
  return comparedSql(parameters, comparison, place);
}

/** The same where the place itself counts. */
export function atOrBeyondSql(parameters: Parameters, comparison: '<=' | '>=', place: Place): string {
  return comparedSql(parameters, comparison, place);
}

function comparedSql(parameters: Parameters, comparison: string, { started_at, id }: Place): string {
  const place = `(${parameters.bind(started_at)}::timestamptz, ${parameters.bind(id)}::uuid)`;
  return `(r.started_at, r.id) ${comparison} ${place}`;
}
