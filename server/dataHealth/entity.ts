import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';

/** How much came in during an hour, one row for each thing that is counted. */
@Entity({ name: 'data_health_hours' })
export class DataHealthHourRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'data_health_hours_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'data_health_hours_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  /** The beginning of the hour in which it came, UTC. */
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'data_health_hours_pkey' })
  hour!: Date;

  /** HealthSource. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'data_health_hours_pkey' })
  source!: string;

  /** HealthCount. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'data_health_hours_pkey' })
  reason!: string;

  @Column({ type: 'bigint' })
  count!: number;
}
