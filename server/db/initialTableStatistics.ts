/**
 * Statistics for tables that have just begun to fill. Postgres plans the check of a foreign key once a connection; on an
 * empty table without statistics any index of `requests` looks as good as its primary key, and the check then walks the
 * whole organization for each row (measured: 450 µs of CPU a row in place of 130 µs after 6,000 rows). Autovacuum
 * would look after a minute; we do it after the first rows, which also makes every connection plan anew.
 */
import { z } from 'zod';
import { type Queryable, queryRows } from './sql.ts';

const TABLES = [
  'requests',
  'request_payloads',
  'request_hours',
  'request_days',
  'request_totals',
  'request_user_days',
  'request_values',
  'spans',
] as const;
/** Rows stored by this process after which we look again. */
const STEPS = [200, 2_000, 20_000] as const;
/** From here on autovacuum's own statistics are good enough, and ours would cost more than they bring. */
const GROWN_ROWS = 200_000;

export interface InitialTableStatisticsOptions {
  readonly db: Queryable;
  readonly onError: (error: unknown) => void;
}

/** Has Postgres gather statistics of a table after its first rows, before autovacuum comes. */
export class InitialTableStatistics {
  readonly #options: InitialTableStatisticsOptions;
  #rows = 0;
  #step = 0;

  constructor(options: InitialTableStatisticsOptions) {
    this.#options = options;
  }

  /** Counts rows just stored; now and then it starts a look at the tables, and waits for nothing. */
  add(rows: number): void {
    this.#rows += rows;
    const next = STEPS[this.#step];
    if (next === undefined || this.#rows < next) return;
    this.#step++;
    this.#analyze().catch(this.#options.onError);
  }

  async #analyze(): Promise<void> {
    const [size] = await queryRows(
      this.#options.db,
      z.object({ rows: z.number() }),
      "SELECT reltuples::float8 AS rows FROM pg_class WHERE oid = 'requests'::regclass",
    );
    if ((size?.rows ?? 0) < GROWN_ROWS) await this.#options.db.query(`ANALYZE ${TABLES.join(', ')}`);
  }
}
