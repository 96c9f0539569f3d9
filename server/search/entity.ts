import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';

/**
 * Requests that are stored and not yet in a segment: one row for each batch of the writer, in the statement that stores
 * them. A request is in a tail or in a segment at any moment, and never in neither.
 */
@Entity({ name: 'search_tails' })
export class SearchTailRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'search_tails_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'search_tails_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'search_tails_pkey' })
  id!: string;

  @Column({ type: 'uuid', array: true })
  ids!: string[];

  /** How many ids: they may be kept out of line, where counting them would read them. */
  @Column({ type: 'integer' })
  rows!: number;

  /** `started_at` of the first and the last of them. */
  @Column({ type: 'timestamptz' })
  from_at!: Date;

  @Column({ type: 'timestamptz' })
  to_at!: Date;
}

/**
 * The signatures of some thousand requests, sliced (docs/search.md). The three bytea columns are stored EXTERNAL, which is
 * never compressed, so that `substring` reads only the pages it needs.
 */
@Entity({ name: 'search_segments' })
@Index('search_segments_by_time', ['org_id', 'to_at', 'id'])
export class SearchSegmentRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'search_segments_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'search_segments_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'search_segments_pkey' })
  id!: string;

  /** VERSION of grams.ts that it was made with. */
  @Column({ type: 'smallint' })
  version!: number;

  @Column({ type: 'integer' })
  rows!: number;

  /** Bytes of a slice: an eighth of the rows there is place for. */
  @Column({ type: 'integer' })
  width!: number;

  /** `started_at` of the oldest and the newest row. */
  @Column({ type: 'timestamptz' })
  from_at!: Date;

  @Column({ type: 'timestamptz' })
  to_at!: Date;

  /** 24 bytes a row in the order of their bits: `started_at` in microseconds since 1970, and the id. */
  @Column({ type: 'bytea' })
  keys!: Buffer;

  @Column({ type: 'bytea' })
  presence!: Buffer;

  @Column({ type: 'bytea' })
  signature!: Buffer;
}

/** Which server makes the segments of an organization; from `expires_at` on any may. */
@Entity({ name: 'search_leases' })
export class SearchLeaseRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'search_leases_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'search_leases_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  @Column({ type: 'uuid' })
  holder!: string;

  @Column({ type: 'timestamptz' })
  expires_at!: Date;
}
