import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';
import type { ViewSearch } from '#shared/view';

/** What a list shows, kept under a name for everybody of the organization. There are few: `VIEW_LIMITS`. */
@Entity({ name: 'saved_views' })
export class SavedViewRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'saved_views_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'saved_views_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  /** A UUIDv7, so that the primary key lists them by age. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'saved_views_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Which page it is of. */
  @Column({ type: 'text' })
  page!: string;

  @Column({ type: 'json' })
  search!: ViewSearch;

  @Column({ type: 'boolean' })
  is_default!: boolean;

  @Column({ type: 'timestamptz' })
  created_at!: Date;

  @Column({ type: 'timestamptz' })
  updated_at!: Date;
}
