import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The tenant. */
@Entity({ name: 'organizations' })
export class OrganizationRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'organizations_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at!: Date;
}
