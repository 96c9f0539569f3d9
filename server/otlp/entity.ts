import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';
import type { JsonObject } from '#shared/primitives';

/**
 * What waits for others, for an hour at most: spans without any sign of AI work, which are kept where something is kept
 * under them, and log records about a model call, which are kept until then so that further ones are put in order with them.
 */
@Entity({ name: 'otlp_waiting' })
@Index('otlp_waiting_by_trace', ['org_id', 'trace_id'])
@Index('otlp_waiting_by_time', ['org_id', 'created_at'])
export class OtlpWaitingRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'otlp_waiting_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'otlp_waiting_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  /** Of a span its own; of a log record made from what it says, so that a resend is the same row. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'otlp_waiting_pkey' })
  id!: string;

  /** `span` or `event`. */
  @Column({ type: 'text' })
  kind!: string;

  /** The span that it is, or belongs to. */
  @Column({ type: 'uuid' })
  span_id!: string;

  @Column({ type: 'text' })
  trace_id!: string;

  /** Of a span; null for the root. */
  @Column({ type: 'text', nullable: true })
  parent_id!: string | null;

  @Column({ type: 'uuid', nullable: true })
  api_key_id!: string | null;

  @Column({ type: 'timestamptz' })
  created_at!: Date;

  /** Of a log record: what it says is part of its call. */
  @Column({ type: 'boolean' })
  is_used!: boolean;

  /** Of a span as `POST /api/v1/spans` takes it; of a log record a LogContent. */
  @Column({ type: 'json' })
  content!: JsonObject;

  @Column({ type: 'integer' })
  content_bytes!: number;
}
