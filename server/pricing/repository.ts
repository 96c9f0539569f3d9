/** All SQL of the prices that organizations set, and of the models that they logged. */
import { z } from 'zod';
import { parseExactJson } from '#shared/exactJson';
import { CustomPrice, PRICE_LIMITS, type PriceId, type SavePriceInput } from '#shared/price';
import { Instant, type JsonObject, type JsonValue, RequestId } from '#shared/primitives';
import { CostSource, CostStatus, type RequestFilters } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import { beyondSql, type Place } from '#server/db/cursor';
import { holdRollups } from '#server/db/advisoryLock';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { whereFilters } from '#server/requests/filters';
import { ROLLED_UP_COLUMNS, rollUp, summedOf } from '#server/rollups/rollUp';
import type { Cost } from './cost.ts';

const COLUMNS = 'id, version, model, provider, service_tier, rates, tiers, valid_from, note, created_at';

/** The prices that count, oldest first. Primary key. */
export function listPriceRows(db: Queryable, scope: OrgScope): Promise<CustomPrice[]> {
  return queryRows(
    db,
    CustomPrice,
    `SELECT ${COLUMNS} FROM prices WHERE org_id = $1 AND replaced_at IS NULL ORDER BY id LIMIT $2`,
    [scope.org_id, PRICE_LIMITS.prices],
  );
}

export interface PriceToSave extends SavePriceInput {
  readonly id: PriceId;
  readonly now: Date;
}

/** Null where the organization has as many as it may. */
export async function insertPrice(db: Queryable, scope: OrgScope, price: PriceToSave): Promise<CustomPrice | null> {
  const rows = await queryRows(
    db,
    CustomPrice,
    `INSERT INTO prices (org_id, id, version, model, provider, service_tier, rates, tiers, valid_from, note, created_at)
     SELECT $1::uuid, $2::uuid, 1, $3, $4, $5, $6::json, $7::json, $8::timestamptz, $9, $10::timestamptz
     WHERE (SELECT count(*) FROM prices WHERE org_id = $1 AND replaced_at IS NULL) < $11
     RETURNING ${COLUMNS}`,
    [...toValues(scope, price), PRICE_LIMITS.prices],
  );
  return rows[0] ?? null;
}

/** Adds a version, which counts from now on in place of the one before. Null where this organization has no such price. */
export async function replacePrice(db: Queryable, scope: OrgScope, price: PriceToSave): Promise<CustomPrice | null> {
  const rows = await queryRows(
    db,
    CustomPrice,
    `WITH before AS (
       UPDATE prices SET replaced_at = $10 WHERE org_id = $1 AND id = $2 AND replaced_at IS NULL RETURNING version
     ), added AS (
       INSERT INTO prices (org_id, id, version, model, provider, service_tier, rates, tiers, valid_from, note, created_at)
       SELECT $1::uuid, $2::uuid, version + 1, $3, $4, $5, $6::json, $7::json, $8::timestamptz, $9, $10::timestamptz FROM before
       RETURNING ${COLUMNS}
     ) SELECT ${COLUMNS} FROM added`,
    toValues(scope, price),
  );
  return rows[0] ?? null;
}

function toValues(scope: OrgScope, price: PriceToSave): unknown[] {
  const { id, model, provider, service_tier, rates, tiers, valid_from, note, now } = price;
  const json = [JSON.stringify(rates), JSON.stringify(tiers)];
  return [scope.org_id, id, model, provider, service_tier, ...json, valid_from, note, now.toISOString()];
}

/** The price does not count any more. @returns how many: 1, or 0 where this organization has no such price. */
export async function endPrice(
  db: Queryable,
  scope: OrgScope,
  { id, now }: { id: PriceId; now: Date },
): Promise<number> {
  const rows = await queryRows(
    db,
    z.object({ id: z.string() }),
    `WITH ended AS (
       UPDATE prices SET replaced_at = $3 WHERE org_id = $1 AND id = $2 AND replaced_at IS NULL RETURNING id
     ) SELECT id FROM ended`,
    [scope.org_id, id, now.toISOString()],
  );
  return rows.length;
}

/**
 * The older list that stored requests were priced by, where they were not all priced again since; null where there is
 * none, or no request. Primary keys.
 */
export async function findOutdatedList(db: Queryable, scope: OrgScope, version: string): Promise<string | null> {
  const rows = await queryRows(
    db,
    z.object({ price_list: z.string() }),
    `SELECT price_list FROM organizations
     WHERE id = $1 AND price_list <> $2 AND EXISTS (SELECT FROM requests WHERE org_id = $1)`,
    [scope.org_id, version],
  );
  return rows[0]?.price_list ?? null;
}

/** Notes that all that is stored was compared with a list. */
export async function savePriceList(tx: Queryable, scope: OrgScope, version: string): Promise<void> {
  await tx.query('UPDATE organizations SET price_list = $2 WHERE id = $1 AND price_list <> $2', [
    scope.org_id,
    version,
  ]);
}

const ModelSums = z.object({
  provider: z.string(),
  model: z.string(),
  requests: z.int(),
  unpriced_requests: z.int(),
  tokens: z.int(),
  cost_usd: z.string(),
  last_seen: Instant,
});
export type ModelSums = z.infer<typeof ModelSums>;

/** Models of one answer: those with the most requests. */
const MOST_MODELS = 500;

/**
 * The models that were logged, by the sums of days: some hundred rows a day, however many requests there are. The hour in
 * which a model was seen last is looked for among those of its last day. Primary keys.
 */
export function sumModels(db: Queryable, scope: OrgScope): Promise<ModelSums[]> {
  return queryRows(
    db,
    ModelSums,
    `WITH models AS MATERIALIZED (
       SELECT provider, model, sum(requests)::bigint AS requests, sum(unpriced_requests)::bigint AS unpriced_requests,
         sum(input_tokens + output_tokens)::bigint AS tokens, trim_scale(sum(cost_usd))::text AS cost_usd,
         max(day) FILTER (WHERE requests > 0) AS last_day
       FROM request_days WHERE org_id = $1 GROUP BY provider, model HAVING sum(requests) > 0
       ORDER BY requests DESC, model, provider LIMIT ${MOST_MODELS}
     )
     SELECT provider, model, requests, unpriced_requests, tokens, cost_usd, (
       SELECT max(hours.hour) FROM generate_series(last_day, last_day + interval '23 hours', interval '1 hour') AS hours (hour)
       WHERE EXISTS (SELECT FROM request_hours kept WHERE kept.org_id = $1 AND kept.hour = hours.hour
         AND kept.provider = models.provider AND kept.model = models.model AND kept.requests > 0 OFFSET 0)
     ) AS last_seen
     FROM models ORDER BY requests DESC, model, provider`,
    [scope.org_id],
  );
}

const tokens = z.int().nullable();
const text = z.string().nullable();
/** As it was stored, with the digits of its numbers. */
const json = <Value extends JsonValue>() =>
  z
    .string()
    .nullable()
    .transform((stored) => (stored === null ? null : (parseExactJson(stored) as Value))); // Stored by us.

/** A request as far as its cost depends on it. */
const PricedRow = z.object({
  id: RequestId,
  started_at: Instant,
  provider: z.string(),
  model: z.string(),
  response_model: text,
  endpoint: text,
  service_tier: text,
  input_tokens: tokens,
  output_tokens: tokens,
  cached_input_tokens: tokens,
  cache_write_tokens: tokens,
  reasoning_tokens: tokens,
  audio_input_tokens: tokens,
  audio_output_tokens: tokens,
  output_images: tokens,
  media_seconds: z.number().nullable(),
  cost_usd: z.string().nullable(),
  cost_source: CostSource.nullable(),
  cost_status: CostStatus,
  price_version: text,
  messages: json<JsonValue>().transform((messages) => messages ?? []),
  response: json<JsonValue>(),
  parameters: json<JsonObject>(),
  tools: json<JsonValue>(),
  metadata: json<JsonObject>(),
});
export type PricedRow = z.infer<typeof PricedRow>;

const ROW = `r.id, r.started_at, r.provider, r.model, r.response_model, r.endpoint, r.service_tier, r.input_tokens,
  r.output_tokens, r.cached_input_tokens, r.cache_write_tokens, r.reasoning_tokens, r.audio_input_tokens,
  r.audio_output_tokens, r.output_images, r.media_seconds, trim_scale(r.cost_usd)::text AS cost_usd, r.cost_source,
  r.cost_status, r.price_version,
  p.messages::text AS messages, p.response::text AS response, p.parameters::text AS parameters, p.tools::text AS tools,
  p.metadata::text AS metadata`;

const StoredCost = z.object({
  cost_usd: z.string().nullable(),
  cost_source: CostSource.nullable(),
  cost_status: CostStatus,
  price_version: text,
  payload_bytes: z.int(),
});
export type StoredCost = z.infer<typeof StoredCost>;

/** The cost of a request as it is stored; null where the organization has no such request. Primary key. */
export async function findStoredCost(db: Queryable, scope: OrgScope, id: RequestId): Promise<StoredCost | null> {
  const rows = await queryRows(
    db,
    StoredCost,
    `SELECT trim_scale(cost_usd)::text AS cost_usd, cost_source, cost_status, price_version,
       coalesce(payload_bytes, 0) AS payload_bytes
     FROM requests WHERE org_id = $1 AND id = $2`,
    [scope.org_id, id],
  );
  return rows[0] ?? null;
}

/** What the cost of some requests depends on, in any order. Primary keys. */
export function readPricedRows(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<PricedRow[]> {
  return queryRows(
    db,
    PricedRow,
    `SELECT ${ROW} FROM requests r JOIN request_payloads p ON p.org_id = r.org_id AND p.id = r.id
     WHERE r.org_id = $1 AND r.id = ANY($2)`,
    [scope.org_id, ids],
  );
}

/** What the caller or the provider said is not priced. */
const IS_PRICED_BY_US = "r.cost_source IS DISTINCT FROM 'provided'";

function whereToPrice(parameters: Parameters, scope: OrgScope, filters: RequestFilters, before: string): string[] {
  return [
    whereFilters(parameters, scope, filters),
    IS_PRICED_BY_US,
    `r.created_at < ${parameters.bind(before)}::timestamptz`,
  ];
}

/** How many requests match that were stored before a moment and have no cost of the caller's. Index as the list's. */
export async function countRowsToPrice(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  before: string,
): Promise<number> {
  const parameters = new Parameters();
  const where = whereToPrice(parameters, scope, filters, before);
  const [row] = await queryRows(
    db,
    z.object({ count: z.number() }),
    `SELECT count(*) AS count FROM requests r WHERE ${where.join(' AND ')}`,
    parameters.values,
  );
  return row?.count ?? 0;
}

/** Their keys, oldest first: as many as the rows and the bytes of a batch allow, at least one. Index as the list's. */
export function listRowsToPrice(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  batch: { readonly before: string; readonly after: Place | null; readonly rows: number; readonly bytes: number },
): Promise<{ id: string; started_at: string }[]> {
  const parameters = new Parameters();
  const where = whereToPrice(parameters, scope, filters, batch.before);
  if (batch.after) where.push(beyondSql(parameters, '>', batch.after));
  return queryRows(
    db,
    z.object({ id: z.string(), started_at: z.string() }),
    `SELECT id, started_at FROM (
       SELECT id, started_at, sum(bytes) OVER (ORDER BY started_at, id) - bytes AS bytes_before FROM (
         SELECT r.id, r.started_at, coalesce(r.payload_bytes, 0) AS bytes FROM requests r WHERE ${where.join(' AND ')}
         ORDER BY r.started_at, r.id LIMIT ${parameters.bind(batch.rows)}
       ) next
     ) summed WHERE bytes_before <= ${parameters.bind(batch.bytes)} ORDER BY started_at, id`,
    parameters.values,
  );
}

const CHANGED_COLUMNS = ROLLED_UP_COLUMNS.replaceAll(/\w+/g, 'requests.$&');

/** Parts of a WITH: what they were counted as is taken off, or what they are now is added. What is not counted yet, will be as it is then. */
const TAKE_OFF_OLD = [summedOf('old', '$1'), rollUp({ from: 'summed', change: 'subtract' })].join(', ');
const ADD_CHANGED = [summedOf('changed', '$1'), rollUp({ from: 'summed', change: 'add' })].join(', ');

/** A request with the cost that it gets. */
export interface Repriced extends Cost {
  readonly id: string;
}

/**
 * Gives requests another cost, and corrects the rollups. Within a transaction: what they were counted as is taken off, and
 * what they are now is added. A row that was deleted meanwhile is left out of both.
 */
export async function savePricedRows(tx: Queryable, scope: OrgScope, rows: readonly Repriced[]): Promise<void> {
  await holdRollups(tx, scope);
  await tx.query(
    `WITH old AS MATERIALIZED (
       SELECT ${ROLLED_UP_COLUMNS} FROM requests WHERE org_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE
     ), ${TAKE_OFF_OLD}
     SELECT count(*) FROM old`,
    [scope.org_id, rows.map(({ id }) => id)],
  );
  await tx.query(
    `WITH changed AS (
       UPDATE requests SET cost_usd = priced.cost_usd, cost_source = priced.cost_source,
         cost_status = priced.cost_status, price_version = priced.price_version
       FROM unnest($2::uuid[], $3::numeric[], $4::text[], $5::text[], $6::text[])
         AS priced (id, cost_usd, cost_source, cost_status, price_version)
       WHERE requests.org_id = $1 AND requests.id = priced.id
       RETURNING ${CHANGED_COLUMNS}
     ), ${ADD_CHANGED}
     SELECT count(*) FROM changed`,
    [
      scope.org_id,
      rows.map(({ id }) => id),
      rows.map(({ cost_usd }) => cost_usd),
      rows.map(({ cost_source }) => cost_source),
      rows.map(({ cost_status }) => cost_status),
      rows.map(({ price_version }) => price_version),
    ],
  );
}
