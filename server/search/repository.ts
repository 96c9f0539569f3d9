/** All SQL of the search index. */
import { z } from 'zod';
import { OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import type { Place } from '#server/db/cursor';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { VERSION } from './grams.ts';
import { ID_COLUMNS } from './searchedText.ts';
import { MERGED_SEGMENTS, SEGMENT_ROWS } from './signature.ts';

/** The size of one entry of `keys`: when a request began, in microseconds, and its id. */
export const KEY_BYTES = 24;
const SEGMENT_WIDTH = SEGMENT_ROWS / 8;

/** Organizations that have enough in their tails for a segment. */
export function listOrganizationsToIndex(db: Queryable, _admin: AdminScope): Promise<{ org_id: OrgId }[]> {
  return queryRows(
    db,
    z.object({ org_id: OrgId }),
    `SELECT org_id FROM search_tails GROUP BY org_id HAVING sum(rows) >= ${SEGMENT_ROWS} ORDER BY sum(rows) DESC`,
  );
}

/**
 * Takes or renews the lease of an organization, and within a transaction keeps it from others until that ends. False where
 * another server has it.
 */
export async function takeIndexLease(
  db: Queryable,
  scope: OrgScope,
  { holder, seconds }: { holder: string; seconds: number },
): Promise<boolean> {
  const rows = await queryRows(
    db,
    z.object({ org_id: z.string() }),
    `INSERT INTO search_leases AS lease (org_id, holder, expires_at)
     VALUES ($1, $2, now() + make_interval(secs => $3))
     ON CONFLICT (org_id) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
     WHERE lease.holder = excluded.holder OR lease.expires_at <= now() RETURNING org_id`,
    [scope.org_id, holder, seconds],
  );
  return rows.length === 1;
}

const Tail = z.object({ id: z.string(), ids: z.array(z.string()) });
export type Tail = z.infer<typeof Tail>;

/** The oldest tails, until they hold enough for a segment. Primary key. */
export function listTailsToIndex(db: Queryable, scope: OrgScope): Promise<Tail[]> {
  return queryRows(
    db,
    Tail,
    `SELECT id, ids FROM (
       SELECT id, ids, from_at, sum(rows) OVER (ORDER BY from_at, id) - rows AS before FROM search_tails WHERE org_id = $1
     ) tails WHERE before < ${SEGMENT_ROWS} ORDER BY from_at, id`,
    [scope.org_id],
  );
}

const IndexedKey = z.object({ id: z.string(), started_at: z.string(), bytes: z.int() });
export type IndexedKey = z.infer<typeof IndexedKey>;

/** Those of the requests that are still there, oldest first, with the bytes of their texts. Primary key. */
export function listKeysToIndex(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<IndexedKey[]> {
  return queryRows(
    db,
    IndexedKey,
    `SELECT id, started_at, coalesce(payload_bytes, 1000000) AS bytes FROM requests
     WHERE org_id = $1 AND id = ANY($2) ORDER BY started_at, id`,
    [scope.org_id, ids],
  );
}

const ID_FIELDS = Object.fromEntries(ID_COLUMNS.map((name) => [name, z.string().nullable()] as const));

const RequestTexts = z.object({
  ...(ID_FIELDS as Record<(typeof ID_COLUMNS)[number], z.ZodNullable<z.ZodString>>), // One for each name.
  id: z.string(),
  tags: z.string(),
  error: z.string().nullable(),
  messages: z.string(),
  response_content: z.string().nullable(),
  response: z.string().nullable(),
});
export type RequestTexts = z.infer<typeof RequestTexts>;

const TEXT_COLUMNS = [...ID_COLUMNS.map((name) => `r.${name}`), 'r.tags::text', 'r.error::text'].join(', ');

/** What is searched of requests, JSON as text. Any order. Primary keys. */
export function readTextsToIndex(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<RequestTexts[]> {
  return queryRows(
    db,
    RequestTexts,
    `SELECT ${TEXT_COLUMNS}, p.messages::text, p.response_content, p.response::text
     FROM requests r JOIN request_payloads p ON p.org_id = r.org_id AND p.id = r.id
     WHERE r.org_id = $1 AND r.id = ANY($2)`,
    [scope.org_id, ids],
  );
}

export interface NewSegment {
  readonly id: string;
  readonly rows: number;
  readonly width: number;
  readonly from_at: string;
  readonly to_at: string;
  readonly keys: Buffer;
  readonly presence: Buffer;
  readonly signature: Buffer;
}

/** Stores a segment of the index. */
export async function insertSegment(db: Queryable, scope: OrgScope, segment: NewSegment): Promise<void> {
  await db.query(
    `INSERT INTO search_segments (org_id, id, version, rows, width, from_at, to_at, keys, presence, signature)
     VALUES ($1, $2, ${VERSION}, $3, $4, $5, $6, $7, $8, $9)`,
    [
      scope.org_id,
      segment.id,
      segment.rows,
      segment.width,
      segment.from_at,
      segment.to_at,
      segment.keys,
      segment.presence,
      segment.signature,
    ],
  );
}

/** @returns how many were there. */
export async function deleteTails(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<number> {
  const rows = await queryRows(
    db,
    z.object({ id: z.string() }),
    'DELETE FROM search_tails WHERE org_id = $1 AND id = ANY($2) RETURNING id',
    [scope.org_id, ids],
  );
  return rows.length;
}

/** What was in a tail and did not fit into a segment. */
export async function insertTail(db: Queryable, scope: OrgScope, keys: readonly IndexedKey[]): Promise<void> {
  const [first, last] = [keys[0], keys.at(-1)];
  if (!first || !last) return;
  await db.query(
    `INSERT INTO search_tails (org_id, id, ids, rows, from_at, to_at) VALUES ($1, gen_random_uuid(), $2, $3, $4, $5)`,
    [scope.org_id, keys.map(({ id }) => id), keys.length, first.started_at, last.started_at],
  );
}

const SmallSegment = z.object({
  id: z.string(),
  from_at: z.string(),
  to_at: z.string(),
  presence: z.instanceof(Buffer),
});
export type SmallSegment = z.infer<typeof SmallSegment>;

/** The oldest segments that are to be put side by side; none where there are not enough of them. Primary key. */
export async function listSegmentsToMerge(db: Queryable, scope: OrgScope): Promise<SmallSegment[]> {
  const keys = await queryRows(
    db,
    z.object({ id: z.string() }),
    `SELECT id FROM search_segments WHERE org_id = $1 AND width = ${SEGMENT_WIDTH} AND version = ${VERSION}
     ORDER BY to_at, id LIMIT ${MERGED_SEGMENTS}`,
    [scope.org_id],
  );
  if (keys.length < MERGED_SEGMENTS) return [];
  return queryRows(
    db,
    SmallSegment,
    'SELECT id, from_at, to_at, presence FROM search_segments WHERE org_id = $1 AND id = ANY($2) ORDER BY to_at, id',
    [scope.org_id, keys.map(({ id }) => id)],
  );
}

const MERGED_ROWS = SEGMENT_ROWS * MERGED_SEGMENTS;
const MERGED_WIDTH = SEGMENT_WIDTH * MERGED_SEGMENTS;
const ALL_KEYS_BYTES = SEGMENT_ROWS * KEY_BYTES;
/** For each segment that is merged, which is a parameter after the first five. */
const ofEach = (sql: (PART: number) => string): string[] =>
  Array.from({ length: MERGED_SEGMENTS }, (_, index) => sql(index + 6));
const SLICES = ofEach((PART) => `substring(side.s${PART} FROM slot * ${SEGMENT_WIDTH} + 1 FOR ${SEGMENT_WIDTH})`).join(
  ' || ',
);
const SIGNATURES = ofEach(
  (PART) => `(SELECT signature || ''::bytea FROM search_segments WHERE org_id = $1 AND id = $${PART}) AS s${PART}`,
).join(', ');
const KEYS = ofEach(
  (PART) => `(SELECT keys || decode(repeat('00', ${ALL_KEYS_BYTES} - octet_length(keys)), 'hex')
              FROM search_segments WHERE org_id = $1 AND id = $${PART})`,
).join(' || ');

/**
 * Puts segments side by side, slice by slice, to a large one, and deletes them: within a transaction. The bits do not leave
 * Postgres. A segment with fewer rows than it has place for is filled up with keys of no request. `generate_series` counts
 * in order, and so the slices are in order.
 * @returns false where one of them was gone: then nothing of it may be committed.
 */
export async function mergeSegments(
  db: Queryable,
  scope: OrgScope,
  merged: { id: string; from_at: string; to_at: string; presence: Buffer; of: readonly string[] },
): Promise<boolean> {
  await db.query(
    `INSERT INTO search_segments (org_id, id, version, rows, width, from_at, to_at, keys, presence, signature)
     WITH side AS MATERIALIZED (SELECT ${SIGNATURES})
     SELECT $1, $2, ${VERSION}, ${MERGED_ROWS}, ${MERGED_WIDTH}, $3, $4, ${KEYS}, $5,
       (SELECT string_agg(${SLICES}, ''::bytea) FROM side CROSS JOIN generate_series(0, octet_length(side.s6) / ${SEGMENT_WIDTH} - 1) slot)`,
    [scope.org_id, merged.id, merged.from_at, merged.to_at, merged.presence, ...merged.of],
  );
  const gone = await queryRows(
    db,
    z.object({ id: z.string() }),
    'DELETE FROM search_segments WHERE org_id = $1 AND id = ANY($2) RETURNING id',
    [scope.org_id, merged.of],
  );
  return gone.length === merged.of.length;
}

/** Which part of the index is wanted: what may hold requests beyond a place, within a range of time. */
export interface IndexWindow {
  readonly place: Place | null;
  readonly isAscending: boolean;
  readonly from: string | null;
  readonly to: string | null;
}

function whereWindow(parameters: Parameters, scope: OrgScope, { place, isAscending, from, to }: IndexWindow): string {
  const conditions = [`org_id = ${parameters.bind(scope.org_id)}`];
  const [earliest, latest] = [isAscending ? place?.started_at : null, isAscending ? null : place?.started_at];
  for (const time of [from, earliest]) if (time) conditions.push(`to_at >= ${parameters.bind(time)}::timestamptz`);
  for (const time of [to, latest]) if (time) conditions.push(`from_at <= ${parameters.bind(time)}::timestamptz`);
  return conditions.join(' AND ');
}

const TailSpan = z.object({ id: z.string(), rows: z.int(), from_at: z.string(), to_at: z.string() });
export type TailSpan = z.infer<typeof TailSpan>;

/** The tails, without their ids, nearest first. Primary key. */
export function listTailSpans(db: Queryable, scope: OrgScope, window: IndexWindow, limit: number): Promise<TailSpan[]> {
  const parameters = new Parameters();
  const where = whereWindow(parameters, scope, window);
  const order = window.isAscending ? 'from_at ASC' : 'to_at DESC';
  return queryRows(
    db,
    TailSpan,
    `SELECT id, rows, from_at, to_at FROM search_tails WHERE ${where} ORDER BY ${order}, id LIMIT ${parameters.bind(limit)}`,
    parameters.values,
  );
}

/** The requests of tails, and which of the tails are still there. Primary key. */
export function readTails(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<Tail[]> {
  return queryRows(db, Tail, 'SELECT id, ids FROM search_tails WHERE org_id = $1 AND id = ANY($2)', [
    scope.org_id,
    ids,
  ]);
}

const SegmentSpan = TailSpan.extend({
  version: z.int(),
  width: z.int(),
  /** A byte of the presence for each place that was asked for. */
  presence: z.instanceof(Buffer).nullable(),
});
export type SegmentSpan = z.infer<typeof SegmentSpan>;

/** A page of the segments, nearest first, with what their presence says. Index `search_segments_by_time`. */
export function listSegmentSpans(
  db: Queryable,
  scope: OrgScope,
  window: IndexWindow,
  { places, after, limit }: { places: readonly number[]; after: { at: string; id: string } | null; limit: number },
): Promise<SegmentSpan[]> {
  const parameters = new Parameters();
  const where = [whereWindow(parameters, scope, window)];
  const [NEAR, COMPARISON, order] = window.isAscending ? ['from_at', '>', 'ASC'] : ['to_at', '<', 'DESC'];
  if (after)
    where.push(
      `(${NEAR}, id) ${COMPARISON} (${parameters.bind(after.at)}::timestamptz, ${parameters.bind(after.id)}::uuid)`,
    );
  return queryRows(
    db,
    SegmentSpan,
    `SELECT s.id, s.rows, s.from_at, s.to_at, s.version, s.width,
       (SELECT string_agg(substring(s.presence FROM (place >> 3) + 1 FOR 1), ''::bytea ORDER BY nth)
        FROM unnest(${parameters.bind(places)}::int[]) WITH ORDINALITY wanted (place, nth)) AS presence
     FROM search_segments s WHERE ${where.join(' AND ')}
     ORDER BY s.${NEAR} ${order}, s.id ${order} LIMIT ${parameters.bind(limit)}`,
    parameters.values,
  );
}

const Slices = z.object({ id: z.string(), slices: z.instanceof(Buffer) });

/** The slices of slots, one after the other, of those of the segments that are still there. Primary key. */
export function readSlices(
  db: Queryable,
  scope: OrgScope,
  { ids, slots }: { ids: readonly string[]; slots: readonly number[] },
): Promise<z.infer<typeof Slices>[]> {
  return queryRows(
    db,
    Slices,
    `SELECT s.id, (SELECT string_agg(substring(s.signature FROM slot * s.width + 1 FOR s.width), ''::bytea ORDER BY nth)
                   FROM unnest($3::int[]) WITH ORDINALITY wanted (slot, nth)) AS slices
     FROM search_segments s WHERE s.org_id = $1 AND s.id = ANY($2)`,
    [scope.org_id, ids, slots],
  );
}

const Keys = z.object({ id: z.string(), keys: z.instanceof(Buffer) });

/** From some hundred places on it costs less to read all keys of a segment. */
const MOST_PLACES = 256;

/**
 * Keys of rows by their places in segments, in that order, for each segment that is still there. Primary key. One statement
 * for all of them: a search that looks at a hundred segments asked a hundred times.
 */
export async function readKeys(
  db: Queryable,
  scope: OrgScope,
  wanted: readonly { readonly id: string; readonly places: readonly number[] }[],
): Promise<ReadonlyMap<string, Buffer>> {
  if (wanted.length === 0) return new Map();
  const placesOf = new Map(wanted.map(({ id, places }) => [id, places]));
  const parted = wanted.map(({ places }) => (places.length > MOST_PLACES ? [] : places));
  const ends = parted.map((_, index) => parted.slice(0, index + 1).reduce((sum, places) => sum + places.length, 0));
  const rows = await queryRows(
    db,
    Keys,
    `SELECT s.id, CASE WHEN part.size = 0 THEN s.keys ELSE (
         SELECT string_agg(substring(s.keys FROM place * ${KEY_BYTES} + 1 FOR ${KEY_BYTES}), ''::bytea ORDER BY nth)
         FROM unnest(($5::int[])[part.last - part.size + 1 : part.last]) WITH ORDINALITY wanted (place, nth)) END AS keys
     FROM unnest($2::uuid[], $3::int[], $4::int[]) AS part (id, last, size)
     JOIN search_segments s ON s.org_id = $1 AND s.id = part.id`,
    [scope.org_id, wanted.map(({ id }) => id), ends, parted.map(({ length }) => length), parted.flat()],
  );
  return new Map(
    rows.map(({ id, keys }) => {
      const places = placesOf.get(id) ?? [];
      const isWhole = places.length > MOST_PLACES;
      return [
        id,
        isWhole
          ? Buffer.concat(places.map((place) => keys.subarray(place * KEY_BYTES, (place + 1) * KEY_BYTES)))
          : keys,
      ];
    }),
  );
}
