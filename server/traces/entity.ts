import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';
import type { JsonObject, JsonValue, Tags } from '#shared/primitives';
import type { RequestError } from '#shared/request';

/**
 * A step of a trace that is no model call. A table of its own, and not a kind of request: every list, total and price
 * of requests would otherwise have to leave it out (docs/decisions/006).
 */
@Entity({ name: 'spans' })
@Index('spans_by_trace', ['org_id', 'trace_id', 'started_at', 'id'])
@Index('spans_by_time', ['org_id', 'started_at', 'id'])
@Index('spans_without_parent', ['org_id', 'started_at', 'id'], { where: 'parent_id IS NULL' })
@Index('spans_by_user', ['org_id', 'user_id', 'started_at', 'id'], {
  where: 'parent_id IS NULL AND user_id IS NOT NULL',
})
@Index('spans_by_session', ['org_id', 'session_id', 'started_at', 'id'], {
  where: 'parent_id IS NULL AND session_id IS NOT NULL',
})
/** The table of spans. */
@Index('spans_failed', ['org_id', 'started_at', 'id'], { where: "status = 'error'" })
export class SpanRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'spans_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'spans_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'spans_pkey' })
  id!: string;

  @Column({ type: 'text' })
  trace_id!: string;

  /** Null for the root. */
  @Column({ type: 'text', nullable: true })
  parent_id!: string | null;

  @Column({ type: 'text' })
  name!: string;

  /** What sort of step it is, in the words of the caller. */
  @Column({ type: 'text', nullable: true })
  kind!: string | null;

  @Column({ type: 'timestamptz' })
  started_at!: Date;

  @Column({ type: 'timestamptz' })
  created_at!: Date;

  @Column({ type: 'double precision', nullable: true })
  latency_ms!: number | null;

  /** SpanStatus. */
  @Column({ type: 'text' })
  status!: string;

  @Column({ type: 'json', nullable: true })
  error!: RequestError | null;

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

  @Column({ type: 'json', nullable: true })
  metadata!: JsonObject | null;

  /** As of a request. */
  @Column({ type: 'uuid', nullable: true })
  api_key_id!: string | null;
  @Column({ type: 'text', nullable: true })
  input_preview!: string | null;

  @Column({ type: 'text', nullable: true })
  output_preview!: string | null;

  /** True where a field was cut; its text says how long it was. */
  @Column({ type: 'boolean', default: false })
  truncated!: boolean;

  /** Bytes that this row takes in an answer, about: a page is cut by them before anything large is read. Null: not measured. */
  @Column({ type: 'integer', nullable: true })
  size_bytes!: number | null;

  /** Bytes that its input and output take besides. Null: neither was given, or it was stored before they could be. */
  @Column({ type: 'integer', nullable: true })
  payload_bytes!: number | null;
}

/** What a span was given and what it gave back; there is a row only where it says one of them. */
@Entity({ name: 'span_payloads' })
@ForeignKey(() => SpanRow, ['org_id', 'id'], ['org_id', 'id'], {
  name: 'span_payloads_of_span',
  onDelete: 'CASCADE',
})
/** The table of what spans took in and put out. */
export class SpanPayloadRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'span_payloads_pkey' })
  org_id!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'span_payloads_pkey' })
  id!: string;

  @Column({ type: 'json', nullable: true })
  input!: JsonValue | null;

  @Column({ type: 'json', nullable: true })
  output!: JsonValue | null;
}
