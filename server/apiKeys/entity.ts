import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';

/** A key of one organization. The secret itself is nowhere: only its SHA-256. */
@Entity({ name: 'api_keys' })
@Index('api_keys_by_hash', ['key_hash'], { unique: true })
export class ApiKeyRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'api_keys_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'api_keys_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'api_keys_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Null until the sign-in link of the key is opened: there is no secret yet, and nothing it could match. */
  @Column({ type: 'bytea', nullable: true })
  key_hash!: Buffer | null;

  @Column({ type: 'text' })
  key_prefix!: string;

  /** ApiKeyScope[]. */
  @Column({ type: 'text', array: true })
  scopes!: string[];

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at!: Date;

  /**
   * Null when never used. Written a few seconds late and in groups (`keyUsage.ts`), never in the write path, where all
   * requests of one key would queue on this row.
   */
  @Column({ type: 'timestamptz', nullable: true })
  last_used_at!: Date | null;
}
