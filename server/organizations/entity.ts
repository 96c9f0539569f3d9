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

  /** The built-in price list that all its stored requests were priced by, or compared with; those since have a newer one. */
  @Column({ type: 'text', default: 'genai-prices@0.1.8' })
  price_list!: string;
}
