import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Payloads up to 8 kB stay in their row instead of being compressed and cut into chunks, and go with their request by a
 * trigger for each statement that deletes requests instead of a foreign key, which looked every request up once more when it was stored
 * (docs/decisions/024). The statement is planned anew each time, since one request goes in another way than a million.
 */
export class Payloads1764600000000 implements MigrationInterface {
  readonly name = 'Payloads1764600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE request_payloads SET (toast_tuple_target = 8160)');
    await runner.query(`
      CREATE FUNCTION delete_payloads_of_requests() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE 'DELETE FROM request_payloads p USING deleted_requests r WHERE p.org_id = r.org_id AND p.id = r.id';
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER requests_with_payloads AFTER DELETE ON requests REFERENCING OLD TABLE AS deleted_requests
      FOR EACH STATEMENT EXECUTE FUNCTION delete_payloads_of_requests()`);
    await runner.query('ALTER TABLE request_payloads DROP CONSTRAINT request_payloads_of_request');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE request_payloads ADD CONSTRAINT request_payloads_of_request
      FOREIGN KEY (org_id, id) REFERENCES requests (org_id, id) ON DELETE CASCADE`);
    await runner.query('DROP TRIGGER requests_with_payloads ON requests');
    await runner.query('DROP FUNCTION delete_payloads_of_requests()');
    await runner.query('ALTER TABLE request_payloads RESET (toast_tuple_target)');
  }
}
