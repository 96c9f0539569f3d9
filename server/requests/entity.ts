import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';
import type { JsonObject, JsonValue, Tags } from '#shared/primitives';
import type { RequestError } from '#shared/request';
import { CUT_OFF_REASONS_SQL } from './cutOffReasons.ts';

/**
 * One logged model call: what lists, charts and filters need. The payload is in RequestPayloadRow, so that a scan of
 * this table never reads them. The partial indices leave out what cannot be filtered by.
 */
@Entity({ name: 'requests' })
@Index('requests_by_time', ['org_id', 'started_at', 'id'])
@Index('requests_by_model', ['org_id', 'model', 'started_at', 'id'])
@Index('requests_by_prompt', ['org_id', 'prompt_slug', 'started_at', 'id'], { where: 'prompt_slug IS NOT NULL' })
@Index('requests_by_trace', ['org_id', 'trace_id', 'started_at', 'id'], { where: 'trace_id IS NOT NULL' })
@Index('requests_by_user', ['org_id', 'user_id', 'started_at', 'id'], { where: 'user_id IS NOT NULL' })
@Index('requests_by_session', ['org_id', 'session_id', 'started_at', 'id'], { where: 'session_id IS NOT NULL' })
@Index('requests_by_release', ['org_id', 'release', 'started_at', 'id'], { where: 'release IS NOT NULL' })
@Index('requests_not_successful', ['org_id', 'status', 'started_at', 'id'], { where: "status <> 'success'" })
// By the HASH_SHARE of querySql.ts, which TypeORM cannot say: `(org_id, share, started_at, id, hash)` where there is a hash.
@Index('requests_by_hash', { synchronize: false })
@Index('requests_by_prefix', { synchronize: false })
@Index('requests_unhashed', ['org_id', 'started_at', 'id'], { where: "request_hash IS NULL AND status = 'success'" })
@Index('requests_cut_off', ['org_id', 'started_at', 'id'], {
  where: `finish_reason IN (${CUT_OFF_REASONS_SQL})`,
})
/** The table of requests. */
export class RequestRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'requests_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'requests_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'requests_pkey' })
  id!: string;

  /** When the call began; orders lists and charts. */
  @Column({ type: 'timestamptz' })
  started_at!: Date;

  /** When the server stored it. */
  @Column({ type: 'timestamptz' })
  created_at!: Date;

  @Column({ type: 'text' })
  model!: string;

  @Column({ type: 'text', nullable: true })
  response_model!: string | null;

  @Column({ type: 'text' })
  provider!: string;

  @Column({ type: 'text', nullable: true })
  endpoint!: string | null;

  @Column({ type: 'text', nullable: true })
  name!: string | null;

  /** RequestStatus. */
  @Column({ type: 'text' })
  status!: string;

  @Column({ type: 'json', nullable: true })
  error!: RequestError | null;

  @Column({ type: 'text', nullable: true })
  finish_reason!: string | null;

  @Column({ type: 'boolean', nullable: true })
  stream!: boolean | null;

  @Column({ type: 'double precision', nullable: true })
  latency_ms!: number | null;

  @Column({ type: 'double precision', nullable: true })
  ttft_ms!: number | null;

  /** Tokens are totals; the columns after these two are parts of them. Null: not reported, which is not zero. */
  @Column({ type: 'bigint', nullable: true })
  input_tokens!: number | null;

  @Column({ type: 'bigint', nullable: true })
  output_tokens!: number | null;

  @Column({ type: 'bigint', nullable: true })
  cached_input_tokens!: number | null;

  @Column({ type: 'bigint', nullable: true })
  cache_write_tokens!: number | null;

  @Column({ type: 'bigint', nullable: true })
  reasoning_tokens!: number | null;

  @Column({ type: 'bigint', nullable: true })
  audio_input_tokens!: number | null;

  @Column({ type: 'bigint', nullable: true })
  audio_output_tokens!: number | null;

  /** Images that were made, as the caller says. Null: not told; a price by image counts them in the response. */
  @Column({ type: 'integer', nullable: true })
  output_images!: number | null;

  /** Seconds of audio or video, as the caller says. */
  @Column({ type: 'double precision', nullable: true })
  media_seconds!: number | null;

  /** USD. Null when no price matched: unknown is not zero. */
  @Column({ type: 'numeric', precision: 20, scale: 12, nullable: true })
  cost_usd!: string | null;

  /** CostSource; null with a null cost. */
  @Column({ type: 'text', nullable: true })
  cost_source!: string | null;

  /** CostStatus: where the cost comes from, or what is missing to know it. */
  @Column({ type: 'text', default: 'priced' })
  cost_status!: string;

  /** The price that the cost was computed by; null where none was. */
  @Column({ type: 'text', nullable: true })
  price_version!: string | null;

  @Column({ type: 'text', nullable: true })
  service_tier!: string | null;

  @Column({ type: 'text', nullable: true })
  provider_request_id!: string | null;

  @Column({ type: 'text', nullable: true })
  prompt_slug!: string | null;

  @Column({ type: 'text', nullable: true })
  prompt_version!: string | null;

  @Column({ type: 'text', nullable: true })
  trace_id!: string | null;

  @Column({ type: 'text', nullable: true })
  parent_id!: string | null;

  @Column({ type: 'text', nullable: true })
  user_id!: string | null;

  @Column({ type: 'text', nullable: true })
  session_id!: string | null;

  @Column({ type: 'text', nullable: true })
  environment!: string | null;

  @Column({ type: 'text', nullable: true })
  release!: string | null;

  @Column({ type: 'jsonb' })
  tags!: Tags;

  @Column({ type: 'text', nullable: true })
  input_preview!: string | null;

  @Column({ type: 'text', nullable: true })
  output_preview!: string | null;

  /** The key that logged it, which may be deleted by now. Null: stored before keys were kept, or not by a key. */
  @Column({ type: 'uuid', nullable: true })
  api_key_id!: string | null;

  /** True where a field was cut; its text says how long it was. */
  @Column({ type: 'boolean' })
  truncated!: boolean;

  /** True where a character that Postgres cannot store was replaced by U+FFFD. */
  @Column({ type: 'boolean', default: false })
  sanitized!: boolean;

  /** What is asked, and of it the instructions and tools (requestHashes.ts). 16 bytes; null: stored before, or cut. */
  @Column({ type: 'bytea', nullable: true })
  request_hash!: string | null;

  @Column({ type: 'bytea', nullable: true })
  prefix_hash!: string | null;

  /** Bytes that this row takes in an answer, about: a page is cut by them before anything large is read. Null: not measured. */
  @Column({ type: 'integer', nullable: true })
  summary_bytes!: number | null;

  /** Bytes that its payload takes besides. */
  @Column({ type: 'integer', nullable: true })
  payload_bytes!: number | null;
}

/**
 * The payload of a request, one to one. `json` and not `jsonb`: nothing queries inside, and `json` keeps the order of
 * keys that the caller wrote and costs less to store (docs/decisions/003). It goes with its request by a trigger, and not
 * by a foreign key, which would cost each insert a look-up (docs/decisions/024).
 */
@Entity({ name: 'request_payloads' })
export class RequestPayloadRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'request_payloads_pkey' })
  org_id!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'request_payloads_pkey' })
  id!: string;

  @Column({ type: 'json' })
  messages!: JsonValue;

  @Column({ type: 'text', nullable: true })
  response_content!: string | null;

  @Column({ type: 'json', nullable: true })
  response!: JsonValue | null;

  @Column({ type: 'json', nullable: true })
  parameters!: JsonObject | null;

  @Column({ type: 'json', nullable: true })
  tools!: JsonValue | null;

  @Column({ type: 'json', nullable: true })
  prompt_variables!: JsonObject | null;

  @Column({ type: 'json', nullable: true })
  metadata!: JsonObject | null;

  @Column({ type: 'json', nullable: true })
  sdk!: JsonObject | null;
}
