/** Pages of lists of groups: window after window until the page is full or its time is up, then the sums of what was found. */
import { cursorAt, parseNextCursor, type Place, type Position } from './cursor.ts';
import type { FoundGroup, GroupWindow } from './groupWalk.ts';

/** How a kind of group is read. */
export interface GroupReader<Summary> {
  /** True where the payload of each row is read. */
  readonly isHeavy: boolean;
  /** Asked once, where the first rows held nothing; false: no row of the organization can match. */
  readonly mayMatch?: () => Promise<boolean>;
  readonly readWindow: (window: { position: Place | null; rows: number }) => Promise<GroupWindow>;
  /** Sums of groups by their names, in any order. */
  readonly readSummaries: (names: readonly string[]) => Promise<readonly Summary[]>;
  readonly nameOf: (summary: Summary) => string;
}

export interface SummedPage<Summary> {
  /** In the order of the list; one that was deleted meanwhile is missing. */
  readonly groups: Summary[];
  readonly next_cursor: string | null;
  readonly searched_back_to: string | null;
}

/**
 * One page of a list of groups.
 * @throws {AppError} `invalid_cursor` for a cursor that we did not make.
 */
export async function listGroups<Summary>(
  { cursor, limit }: { cursor?: string | undefined; limit: number },
  reader: GroupReader<Summary>,
): Promise<SummedPage<Summary>> {
  const page = { limit, position: parseNextCursor(cursor), now: () => performance.now() };
  const found = await readGroupPage({ ...page, ...reader }, reader.readWindow);
  const names = found.groups.map(({ name }) => name);
  const summaries = names.length === 0 ? [] : await reader.readSummaries(names);
  const byName = new Map(summaries.map((summary) => [reader.nameOf(summary), summary]));
  return {
    groups: names.flatMap((name) => byName.get(name) ?? []),
    next_cursor: found.next && cursorAt('next', found.next),
    searched_back_to: found.searchedBackTo,
  };
}

export interface GroupPage {
  readonly groups: readonly FoundGroup[];
  /** Where the next page begins; null after the last. */
  readonly next: Place | null;
  /** Set where the walk ended before the page was full: what began earlier was not looked at. */
  readonly searchedBackTo: string | null;
}

/** Rows of one window after another: a page of ordinary traces is in the first two. */
const WINDOWS = [500, 4_000, 24_000, 80_000] as const;
/** The same where the payload of each row is read. */
const HEAVY_WINDOWS = [300, 1_200] as const;
/** A window is as large as the ones before it say can be walked within this time. */
const MOST_MS = 150;
/** A smaller one is not worth a statement of its own. */
const FEWEST_ROWS = 250;

/** One page: as many windows as it takes, up to a budget of rows and time. `now` is in milliseconds. */
export async function readGroupPage(
  page: {
    readonly limit: number;
    readonly position: Position | null;
    readonly isHeavy: boolean;
    readonly now: () => number;
    readonly mayMatch?: () => Promise<boolean>;
  },
  readWindow: GroupReader<unknown>['readWindow'],
): Promise<GroupPage> {
  const { limit, position, isHeavy, now, mayMatch } = page;
  const groups: FoundGroup[] = [];
  const begun = now();
  let place: Place | null = position;
  let most = Infinity;
  for (const [step, wanted] of (isHeavy ? HEAVY_WINDOWS : WINDOWS).entries()) {
    const rows = Math.floor(Math.min(wanted, most));
    if (step > 0 && rows < Math.min(wanted, FEWEST_ROWS)) break;
    const start = now();
    const { groups: found, edge } = await readWindow({ position: place, rows });
    groups.push(...found);
    if (groups.length > limit)
      return { groups: groups.slice(0, limit), next: groups[limit - 1] ?? null, searchedBackTo: null };
    if (edge === null) return { groups, next: null, searchedBackTo: null };
    place = edge;
    if (groups.length === limit) break;
    // Perhaps nobody has such a provider or environment, which is known without looking on.
    const isAbsent = step === 0 && position === null && groups.length === 0 && mayMatch && !(await mayMatch());
    if (isAbsent) return { groups, next: null, searchedBackTo: null };
    const rowsPerMs = rows / Math.max(0.1, now() - start);
    most = rowsPerMs * (MOST_MS - (now() - begun));
  }
  return { groups, next: place, searchedBackTo: groups.length === limit ? null : (place?.started_at ?? null) };
}
