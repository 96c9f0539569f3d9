import type pg from 'pg';
import { poll } from '#tests/support/poll';

/** Much longer than adding up any load takes. */
const MOST_MS = 60_000;

/**
 * Resolves when the rollups count all that is stored. They are added behind the commit: what that costs is part of what a
 * load costs, and must not fall into the next.
 */
export function untilSummed(client: pg.Client): Promise<void> {
  return poll(async () => {
    const { rows } = await client.query<{ is_done: boolean }>(
      'SELECT NOT EXISTS (SELECT FROM unsummed_requests) AS is_done',
    );
    if (!rows[0]?.is_done) throw new Error('The rollups do not count all requests yet.');
  }, MOST_MS);
}
