/** All SQL of the search index. */
import { z } from 'zod';
import { OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { type Queryable, queryRows } from '#server/db/sql';
import { VERSION } from './grams.ts';
import { ID_COLUMNS } from './searchedText.ts';
import { MERGED_SEGMENTS, SEGMENT_ROWS } from './signature.ts';

/** Of `keys`: when a request began, in microseconds, and its id. */
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

const parts = Array.from({ length: MERGED_SEGMENTS }, (_, index) => index);
const SLICES = parts
  .map((part) => `substring(side.s${part} FROM slot * ${SEGMENT_WIDTH} + 1 FOR ${SEGMENT_WIDTH})`)
  .join(' || ');
const SIGNATURES = parts
  .map(
    (part) =>
      `(SELECT signature || ''::bytea FROM search_segments WHERE org_id = $1 AND id = $${part + 6}) AS s${part}`,
  )
  .join(', ');
const KEYS = parts
  .map(
    (part) =>
      `(SELECT keys || decode(repeat('00', ${SEGMENT_ROWS * KEY_BYTES} - octet_length(keys)), 'hex')
        FROM search_segments WHERE org_id = $1 AND id = $${part + 6})`,
  )
  .join(' || ');

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
     SELECT $1, $2, ${VERSION}, ${SEGMENT_ROWS * MERGED_SEGMENTS}, ${SEGMENT_WIDTH * MERGED_SEGMENTS}, $3, $4, ${KEYS}, $5,
       (SELECT string_agg(${SLICES}, ''::bytea) FROM side CROSS JOIN generate_series(0, octet_length(side.s0) / ${SEGMENT_WIDTH} - 1) slot)`,
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
