/** One report's look at the latest requests: as far back as there is time for, and no further for the next kind. */
import { parseQuery } from '#shared/query/parseQuery';
import { formatTerm, type Term } from '#shared/query/terms';
import type { OrgScope } from '#server/auth/orgScope';
import { classifyDatabaseError } from '#server/db/databaseError';
import type { Queryable } from '#server/db/sql';
import type { Deps } from '#server/deps';
import type { FoundFilters } from '#server/requests/filters';
import { beginOfLatest, type Period } from './period.ts';
import type { countDays } from './repository.ts';

export type ReadDeps = Pick<Deps, 'reads' | 'clock' | 'prices' | 'config' | 'rollups'>;

/** Requests that are looked at, the latest first, and milliseconds for each kind; where these are not enough, fewer. */
const LOOKS = [
  { rows: 1_000_000, ms: 4_000 },
  { rows: 100_000, ms: 2_000 },
  { rows: 10_000, ms: 2_000 },
] as const;

/** What the report is asked for, and how many requests each day of it has. */
interface Asked {
  /** As it was asked. */
  readonly q: string | undefined;
  readonly filters: FoundFilters;
  readonly period: Period;
  readonly days: Awaited<ReturnType<typeof countDays>>;
}

/** How far is looked back. What took too long for one kind is not tried again for the next. */
export class Look {
  readonly deps: ReadDeps;
  readonly scope: OrgScope;
  readonly #asked: Asked;
  /** Which of LOOKS. */
  #place = 0;

  constructor(deps: ReadDeps, scope: OrgScope, asked: Asked) {
    this.deps = deps;
    this.scope = scope;
    this.#asked = asked;
  }

  /** Runs a query over as many of the latest requests as there is time for, at most over so many. */
  async run<Found>(
    find: (db: Queryable, scope: OrgScope, filters: FoundFilters) => Promise<Found>,
    most: number = LOOKS[0].rows,
  ): Promise<{ found: Found; looked_back_to: string | null }> {
    const { filters, period, days } = this.#asked;
    for (;;) {
      const place = this.#place;
      const { rows, ms } = LOOKS[place] ?? LOOKS[2];
      const from = beginOfLatest(period, days, Math.min(rows, most));
      const db = this.deps.reads.of(this.scope, { statementMs: ms });
      try {
        const found = await find(db, this.scope, { ...filters, ...period, from });
        return { found, looked_back_to: from === period.from ? null : from };
      } catch (error) {
        if (classifyDatabaseError(error) !== 'timeout' || place >= LOOKS.length - 1) throw error;
        this.#place = Math.max(this.#place, place + 1);
      }
    }
  }

  /** What is asked for besides a time. */
  get filters(): FoundFilters {
    return this.#asked.filters;
  }

  /** The query of the caller with more terms. */
  queryOf(...terms: readonly (Term | string)[]): string {
    const { q } = this.#asked;
    const added = terms.map((term) => (typeof term === 'string' ? term : formatTerm(term))).join(' ');
    const query = q === undefined ? null : parseQuery(q).query;
    if (query === null) return added;
    const both = query.kind === 'or' ? `(${q}) ${added}` : `${q} ${added}`;
    // Both together may be longer than a query may be.
    return parseQuery(both).problem === null ? both : added;
  }
}
