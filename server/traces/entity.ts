import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';
import type { JsonObject, Tags } from '#shared/primitives';
import type { RequestError } from '#shared/request';

/**
 * A step of a trace that is no model call. A table of its own, and not a kind of request: every list, total and price
 * of requests would otherwise have to leave it out (docs/decisions/006).
 */
@Entity({ name: 'spans' })
@Index('spans_by_trace', ['org_id', 'trace_id', 'started_at', 'id'])
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

  /** True where a field was cut; its text says how long it was. */
  @Column({ type: 'boolean', default: false })
  truncated!: boolean;

  /** Bytes that this row takes in an answer, about: a page is cut by them before anything large is read. Null: not measured. */
  @Column({ type: 'integer', nullable: true })
  size_bytes!: number | null;
}
