import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sign-in links carry a code in place of the key; a key without a hash gets its secret when its link is opened. */
export class SignInCodes1764200000000 implements MigrationInterface {
  name = 'SignInCodes1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE api_keys ALTER COLUMN key_hash DROP NOT NULL;
      CREATE TABLE sign_in_codes (
        org_id uuid NOT NULL,
        code_hash bytea NOT NULL,
        api_key_id uuid NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT sign_in_codes_pkey PRIMARY KEY (org_id, code_hash),
        CONSTRAINT sign_in_codes_of_api_key FOREIGN KEY (org_id, api_key_id) REFERENCES api_keys (org_id, id)
          ON DELETE CASCADE
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE sign_in_codes;
      DELETE FROM api_keys WHERE key_hash IS NULL;
      ALTER TABLE api_keys ALTER COLUMN key_hash SET NOT NULL;
    `);
  }
}
