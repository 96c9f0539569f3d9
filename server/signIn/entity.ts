import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { ApiKeyRow } from '#server/apiKeys/entity';

/** A sign-in link that was shown and not opened yet. A handful of rows, so that none of them needs an index of its own. */
@Entity({ name: 'sign_in_codes' })
@ForeignKey(() => ApiKeyRow, ['org_id', 'api_key_id'], ['org_id', 'id'], {
  name: 'sign_in_codes_of_api_key',
  onDelete: 'CASCADE',
})
/** The table of codes of sign-in links, by their hash. */
export class SignInCodeRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'sign_in_codes_pkey' })
  org_id!: string;

  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'sign_in_codes_pkey' })
  code_hash!: Buffer;

  /** The key that gets its secret when the link is opened. */
  @Column({ type: 'uuid' })
  api_key_id!: string;

  @Column({ type: 'timestamptz' })
  expires_at!: Date;
}
