import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';
import type { CustomPrice } from '#shared/price';

/** A version of a price that an organization set. It is never changed: a change is a new version, and the old one is said to be replaced. */
@Entity({ name: 'prices' })
export class PriceRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'prices_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'prices_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  /** A UUIDv7, so that the primary key lists them by age. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'prices_pkey' })
  id!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'prices_pkey' })
  version!: number;

  /** A model, or a pattern with `*`. */
  @Column({ type: 'text' })
  model!: string;

  @Column({ type: 'text', nullable: true })
  provider!: string | null;

  @Column({ type: 'text', nullable: true })
  service_tier!: string | null;

  @Column({ type: 'json' })
  rates!: CustomPrice['rates'];

  @Column({ type: 'json' })
  tiers!: CustomPrice['tiers'];

  @Column({ type: 'timestamptz', nullable: true })
  valid_from!: Date | null;

  @Column({ type: 'text', nullable: true })
  note!: string | null;

  @Column({ type: 'timestamptz' })
  created_at!: Date;

  /** When a later version took its place, or it was deleted. Null: it counts. */
  @Column({ type: 'timestamptz', nullable: true })
  replaced_at!: Date | null;
}
