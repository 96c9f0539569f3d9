import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';
import type { JsonObject } from '#shared/primitives';

/**
 * Work that outlives a call, kept in Postgres so that it survives its process. Whoever holds the lease works on it; a
 * lease that is not renewed expires, and any server goes on from the last committed step (docs/decisions/020).
 */
@Entity({ name: 'jobs' })
// The one query over all organizations: which jobs are due.
/** The table of jobs. */
@Index('jobs_due', ['lease_expires_at'], { where: "status IN ('queued', 'running')" })
export class JobRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'jobs_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'jobs_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  /** A UUIDv7, so that the primary key lists them by age. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'jobs_pkey' })
  id!: string;

  /** JobKind. */
  @Column({ type: 'text' })
  kind!: string;

  /** JobStatus. */
  @Column({ type: 'text' })
  status!: string;

  @Column({ type: 'json' })
  input!: JsonObject;

  /** Where the next step goes on; what it means is up to the kind. */
  @Column({ type: 'json', nullable: true })
  state!: JsonObject | null;

  @Column({ type: 'bigint' })
  done!: number;

  @Column({ type: 'bigint', nullable: true })
  total!: number | null;

  @Column({ type: 'text', nullable: true })
  error!: string | null;

  /** Who works on it: the id of a runner. */
  @Column({ type: 'uuid', nullable: true })
  lease_holder!: string | null;

  /** From then on any runner may take it. */
  @Column({ type: 'timestamptz' })
  lease_expires_at!: Date;

  /** How often it was taken since its last committed step. */
  @Column({ type: 'smallint' })
  attempts!: number;

  @Column({ type: 'boolean' })
  cancel_requested!: boolean;

  @Column({ type: 'timestamptz' })
  created_at!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  started_at!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finished_at!: Date | null;
}
