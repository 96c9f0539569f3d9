import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';

/**
 * Sums of the requests of one hour, kept by the group writer in the transaction that stores them, so that a total in a
 * chart always equals the total of the list.
 */
@Entity({ name: 'request_hours' })
export class RequestHourRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'request_hours_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'request_hours_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  /** The beginning of the hour, UTC. */
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'request_hours_pkey' })
  hour!: Date;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_hours_pkey' })
  provider!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_hours_pkey' })
  model!: string;

  /** Which writer wrote it: two that commit at once would otherwise wait for each other's row. Readers sum over it. */
  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'request_hours_pkey' })
  shard!: number;

  @Column({ type: 'bigint' })
  requests!: number;

  @Column({ type: 'bigint' })
  errors!: number;

  @Column({ type: 'bigint' })
  input_tokens!: number;

  @Column({ type: 'bigint' })
  output_tokens!: number;

  @Column({ type: 'numeric', precision: 24, scale: 12 })
  cost_usd!: string;

  @Column({ type: 'bigint' })
  unpriced_requests!: number;

  /** Sum and count of the latencies that were reported: an average needs both. */
  @Column({ type: 'double precision' })
  latency_ms_sum!: number;

  @Column({ type: 'bigint' })
  latency_ms_count!: number;
}
