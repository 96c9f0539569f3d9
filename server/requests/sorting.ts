/**
 * The orders of a list and their cursors. By latency, cost or tokens only the latest SORTED_ROWS that match are sorted
 * (docs/decisions/030). A cursor pins which they are, so that the pages of a list fit together.
 */
import { z } from 'zod';
import { RequestSort } from '#shared/request';
import { cursorAt, type Place, parseCursor, type Position } from '#server/db/cursor';
import type { Parameters } from '#server/db/sql';
import { AppError } from '#server/errors';

/** How many rows are sorted: the latest of those that match. */
export const SORTED_ROWS = 20_000;

export interface SortOrder {
  readonly by: 'time' | SortValue;
  readonly isDescending: boolean;
}
/** What a list is sorted by, other than time. */
export type SortValue = 'latency' | 'cost' | 'tokens';

/** `-latency` as what it says. */
export function parseSort(sort: RequestSort): SortOrder {
  const isDescending = sort.startsWith('-');
  return { by: (isDescending ? sort.slice(1) : sort) as SortOrder['by'], isDescending }; // By the names of RequestSort.
}

/** The rows that were sorted, where there are more that match: from the latest to the oldest of them. */
export interface SortWindow {
  readonly latest: Place;
  readonly oldest: Place;
}

/** A row of a list, and which way the page lies from it. */
export interface ListPosition {
  readonly direction: Position['direction'];
  /** What the row is sorted by, as Postgres writes it, or its time. Null where it has none: after all others. */
  readonly value: string | null;
  readonly id: string;
  /** Null where all that match were sorted. */
  readonly window: SortWindow | null;
}

const Time = z.iso.datetime().refine((time) => !time.startsWith('0000'));
const SortedNumber = z.string().regex(/^\d{1,20}(\.\d{1,20})?(e[+-]\d{1,3})?$/);
const SortedCursor = z.tuple([
  RequestSort,
  z.enum(['next', 'prev']),
  z.union([Time, SortedNumber]).nullable(),
  z.uuid(),
  z.tuple([Time, z.uuid(), Time, z.uuid()]).nullable(),
]);

/** The cursor of the page beyond a row. Newest first it is the cursor that lists always had. */
export function listCursor(sort: RequestSort, { direction, value, id, window }: ListPosition): string | null {
  if (sort === '-time') return value === null ? null : cursorAt(direction, { started_at: value, id });
  const pinned = window && [window.latest.started_at, window.latest.id, window.oldest.started_at, window.oldest.id];
  return Buffer.from(JSON.stringify([sort, direction, value, id, pinned])).toString('base64url');
}

/**
 * Null where none was sent.
 * @throws {AppError} `invalid_cursor` for one of a list in another order, and for anything we did not make.
 */
export function parseListCursor(cursor: string | undefined, sort: RequestSort): ListPosition | null {
  if (cursor === undefined) return null;
  const content = SortedCursor.safeParse(decode(cursor)).data;
  if (content === undefined) {
    const position = parseCursor(cursor);
    if (sort !== '-time') throw ofAnotherSort('-time');
    return position && { direction: position.direction, value: position.started_at, id: position.id, window: null };
  }
  const [ofSort, direction, value, id, pinned] = content;
  if (ofSort !== sort) throw ofAnotherSort(ofSort);
  const isTime = value !== null && Time.safeParse(value).success;
  if (isTime !== (parseSort(sort).by === 'time')) parseCursor(''); // Throws what is said of all that we did not make.
  const window = pinned && {
    latest: { started_at: pinned[0], id: pinned[1] },
    oldest: { started_at: pinned[2], id: pinned[3] },
  };
  return { direction, value, id, window };
}

export interface BeyondValue {
  readonly position: ListPosition;
  /** The order in which the rows are answered; backwards it is the other one, and rows without a value are first. */
  readonly isDescending: boolean;
  readonly isBackward: boolean;
  /** The type of the value in SQL: a constant of ours. */
  readonly TYPE: string;
}

/** The condition that a row `s` with a `value` stands beyond a position. */
export function beyondValueSql(
  parameters: Parameters,
  { position: { value, id }, isDescending, isBackward, TYPE }: BeyondValue,
): string {
  const comparison = isDescending ? '<' : '>';
  const beside = `s.id ${comparison} ${parameters.bind(id)}::uuid`;
  if (value === null) return isBackward ? `(s.value IS NOT NULL OR ${beside})` : `(s.value IS NULL AND ${beside})`;
  const place = `${parameters.bind(value)}::${TYPE}`;
  const further = `(s.value ${comparison} ${place} OR (s.value = ${place} AND ${beside}))`;
  return isBackward ? further : `(${further} OR s.value IS NULL)`;
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function ofAnotherSort(sort: RequestSort): AppError {
  return new AppError(
    'invalid_cursor',
    `\`cursor\` belongs to a list with \`sort=${sort}\`: send that, or leave the cursor out to begin anew.`,
    { param: 'cursor' },
  );
}
