/**
 * Finds requests by their words beyond what a list was walked for: in the tails, whose requests are all looked at, and in
 * the segments, of which those are that may match. Both are *sources*: each says between which times its requests lie,
 * and the nearest is opened first, until what was found is certain to be nearer than anything that was not opened. It
 * stops where the page is full, or the time is up; then `place` says how far everything was looked at.
 */
import type { OrgScope } from '#server/auth/orgScope';
import type { Place } from '#server/db/cursor';
import type { RowKey } from '#server/db/pages';
import type { Queryable } from '#server/db/sql';
import type { TimeBudget, Walk, Walked } from '#server/walk/walk';
import { VERSION } from './grams.ts';
import {
  type IndexWindow,
  KEY_BYTES,
  listSegmentSpans,
  listTailSpans,
  readKeys,
  readSlices,
  readTails,
  type SegmentSpan,
  type TailSpan,
} from './repository.ts';
import {
  candidates,
  mayHold,
  narrowPlan,
  placesOf,
  presencePlaces,
  type SeenSegment,
  type SlicePlan,
  slotsOf,
} from './slices.ts';

/** Segments whose spans are read at a time. */
const SPANS = 128;
/** Tails whose spans are read: where there are more, the indexer is far behind, and a search ends there. */
const TAILS = 10_000;
/** Segments whose slices are read at a time: few at first, since those may be enough. */
const OPENED = { first: 2, most: 16 };
/** Candidates that are looked at at a time. */
const LOOKED = { first: 100, most: 800 };
/** Requests of tails that are looked at at a time. */
const TAIL_ROWS = 500;
/** How often the index may be changed under a search, before that stops where it is. */
const RELOADS = 5;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

interface Source {
  /** The time of its nearest request. */
  readonly near: string;
  readonly tail: TailSpan | null;
  readonly segment: SegmentSpan | null;
  // Neither of both: what lies beyond is not known.
}

/** A request that may match, or that does. */
interface Candidate extends Place {
  readonly hit: RowKey | null;
}

export interface SegmentSearchOptions {
  readonly db: Queryable;
  readonly scope: OrgScope;
  readonly plan: SlicePlan;
  readonly walk: Walk;
  readonly window: Pick<IndexWindow, 'from' | 'to'>;
  readonly budget: TimeBudget;
  /** Those of the requests that match. */
  readonly findMatching: (ids: readonly string[]) => Promise<RowKey[]>;
}

/** One search: takes candidates from segments and from the rows that are in none, the nearest first. */
export class SegmentSearch {
  readonly #options: SegmentSearchOptions;
  readonly #places: readonly number[];
  readonly #found = new Map<string, RowKey>();
  /** Nearest first, both. */
  #sources: Source[] = [];
  #candidates: Candidate[] = [];
  /** Where the next page of segments begins; null where there is none. */
  #moreAfter: { at: string; id: string } | null = null;
  /** All requests up to here were looked at. */
  #place: Place | null;
  /** Its slots become fewer once some slices were seen. */
  #plan: SlicePlan;
  #slots: readonly number[];
  #isNarrow = false;
  #opened = OPENED.first;
  #looked = LOOKED.first;

  constructor(options: SegmentSearchOptions) {
    this.#options = options;
    this.#place = options.walk.place;
    this.#plan = options.plan;
    this.#places = presencePlaces(options.plan);
    this.#slots = slotsOf(options.plan);
  }

  async run(): Promise<Walked> {
    const { walk, budget } = this.#options;
    await this.#load();
    for (let reloads = 0; ;) {
      if (this.#found.size >= walk.limit) return this.#answer('full');
      while (this.#moreAfter && !this.#sources.some(({ segment }) => segment)) await this.#loadSegments();
      const [source, candidate] = [this.#sources[0], this.#candidates[0]];
      if (!source && !candidate) return this.#answer('end');
      const isUnknown = source && !source.tail && !source.segment;
      if (budget.left <= 0) return this.#answer('stopped');
      if (candidate && (!source || this.#compare(candidate.started_at, source.near) < 0))
        await this.#look(source?.near);
      else if (isUnknown) return this.#answer('stopped');
      else if (source && !(await this.#open(source))) {
        if (++reloads > RELOADS) return this.#answer('stopped');
        this.#place = this.#certainPlace();
        await this.#load();
      }
    }
  }

  #answer(outcome: Walked['outcome']): Walked {
    const found = [...this.#found.values()].slice(0, this.#options.walk.limit);
    return { found, outcome, place: outcome === 'stopped' ? this.#certainPlace() : null };
  }

  /** What is nearer than anything that was not looked at. */
  #certainPlace(): Place | null {
    const [source, candidate] = [this.#sources[0], this.#candidates[0]];
    if (candidate && (!source || this.#compare(candidate.started_at, source.near) < 0)) return this.#place;
    if (!source) return this.#place;
    const place = { started_at: source.near, id: this.#options.walk.isAscending ? FIRST_ID : LAST_ID };
    return this.#place && this.#compareRows(place, this.#place) < 0 ? this.#place : place;
  }

  /** The sources from the place on. The tails first: a request that is moved in between is then seen twice and not never. */
  async #load(): Promise<void> {
    const { db, scope } = this.#options;
    const tails = await listTailSpans(db, scope, this.#window(), TAILS);
    this.#candidates = [];
    this.#sources = tails.map((tail) => ({ near: this.#nearOf(tail), tail, segment: null }));
    const last = tails.at(-1);
    if (last && tails.length === TAILS) this.#sources.push({ near: this.#nearOf(last), tail: null, segment: null });
    this.#moreAfter = null;
    await this.#loadSegments();
  }

  async #loadSegments(): Promise<void> {
    const { db, scope, plan } = this.#options;
    const spans = await listSegmentSpans(db, scope, this.#window(), {
      places: this.#places,
      after: this.#moreAfter,
      limit: SPANS,
    });
    const last = spans.at(-1);
    this.#moreAfter = last && spans.length === SPANS ? { at: this.#nearOf(last), id: last.id } : null;
    const possible = spans.filter((segment) => {
      const isPresent = (place: number) => {
        const byte = segment.presence?.[this.#places.indexOf(place)] ?? 0xff;
        return (byte & (1 << (place & 7))) !== 0;
      };
      return segment.version !== VERSION || mayHold(plan, isPresent);
    });
    const added = possible.map((segment) => ({ near: this.#nearOf(segment), tail: null, segment }));
    this.#sources = [...this.#sources, ...added].toSorted((a, b) => this.#compare(a.near, b.near));
  }

  #window(): IndexWindow {
    return { ...this.#options.window, place: this.#place, isAscending: this.#options.walk.isAscending };
  }

  #nearOf({ from_at, to_at }: { from_at: string; to_at: string }): string {
    return this.#options.walk.isAscending ? from_at : to_at;
  }

  /** Turns the nearest sources into candidates. False where one is gone: its requests are in another by now. */
  #open(first: Source): Promise<boolean> {
    const kind = first.tail ? 'tail' : 'segment';
    const end = this.#sources.findIndex((source) => source[kind] === null);
    const alike = this.#sources.slice(0, end < 0 ? undefined : end);
    return kind === 'tail' ? this.#openTails(alike) : this.#openSegments(alike);
  }

  async #openTails(alike: readonly Source[]): Promise<boolean> {
    const { db, scope, findMatching } = this.#options;
    let rows = 0;
    const taken = alike.filter(({ tail }, index) => (rows += tail?.rows ?? 0) <= TAIL_ROWS || index === 0);
    const tails = await readTails(
      db,
      scope,
      taken.map(({ tail }) => tail?.id ?? ''),
    );
    if (tails.length < taken.length) return false;
    const hits = await findMatching(tails.flatMap(({ ids }) => ids));
    this.#close(
      taken,
      hits.map((hit) => ({ started_at: hit.started_at, id: hit.id, hit })),
    );
    return true;
  }

  async #openSegments(alike: readonly Source[]): Promise<boolean> {
    const { db, scope } = this.#options;
    const plan = this.#plan;
    const taken = alike.slice(0, this.#opened);
    this.#opened = Math.min(this.#opened * 2, OPENED.most);
    const segments = taken.flatMap(({ segment }) => segment ?? []);
    const current = segments.filter(({ version }) => version === VERSION);
    // One or two ASCII letters have no slots: of a segment that may hold them all rows are looked at.
    const sliced = this.#slots.length === 0 ? [] : current;
    const read = await readSlices(db, scope, { ids: sliced.map(({ id }) => id), slots: this.#slots });
    if (read.length < sliced.length) return false;
    const slicesOf = new Map(read.map(({ id, slices }) => [id, slices]));
    const slots = this.#slots;
    const seen = segments.map(({ id, rows, width }) => {
      const slices = slicesOf.get(id);
      const sliceOf = (slot: number) => {
        const at = slots.indexOf(slot) * width;
        return slices?.subarray(at, at + width) ?? new Uint8Array();
      };
      return { id, rows, sliceOf, isSliced: slices !== undefined };
    });
    const wanted = seen.map(({ id, rows, sliceOf, isSliced }) => {
      return { id, places: placesOf(isSliced ? candidates(plan, sliceOf) : null, rows) };
    });
    const holding = wanted.filter(({ places }) => places.length > 0);
    const keysOf = await readKeys(db, scope, holding);
    if (keysOf.size < holding.length) return false;
    const opened: Candidate[] = [];
    for (const keys of keysOf.values())
      for (let at = 0; at < keys.length; at += KEY_BYTES) opened.push(readKey(keys, at));
    this.#narrow(seen.filter(({ isSliced }) => isSliced));
    this.#close(taken, opened);
    return true;
  }

  /** After the first slices: those of the slots that said least are not read of further segments. */
  #narrow(seen: readonly SeenSegment[]): void {
    if (this.#isNarrow || seen.length === 0 || this.#slots.length === 0) return;
    this.#isNarrow = true;
    this.#plan = narrowPlan(this.#plan, seen);
    this.#slots = slotsOf(this.#plan);
  }

  /** These sources are done with: what they gave stands among the candidates. */
  #close(taken: readonly Source[], opened: readonly Candidate[]): void {
    const beyond = opened.filter((candidate) => !this.#place || this.#compareRows(candidate, this.#place) > 0);
    const gone = new Set(taken);
    this.#sources = this.#sources.filter((source) => !gone.has(source));
    this.#candidates = [...this.#candidates, ...beyond].toSorted((a, b) => this.#compareRows(a, b));
  }

  /** Looks at the nearest candidates, all of them nearer than the next source. */
  async #look(until: string | undefined): Promise<void> {
    const end = this.#candidates.findIndex(
      ({ started_at }, index) =>
        index >= this.#looked || (until !== undefined && this.#compare(started_at, until) >= 0),
    );
    const looked = this.#candidates.slice(0, end < 0 ? undefined : end);
    const unknown = looked.filter(({ hit }) => hit === null).map(({ id }) => id);
    const begin = performance.now();
    const matching = unknown.length === 0 ? [] : await this.#options.findMatching(unknown);
    if (performance.now() - begin < this.#options.budget.left / 4)
      this.#looked = Math.min(this.#looked * 2, LOOKED.most);
    const byId = new Map(matching.map((key) => [key.id, key]));
    for (const { id, hit } of looked) {
      const key = hit ?? byId.get(id);
      if (key) this.#found.set(id, key);
    }
    this.#place = looked.at(-1) ?? this.#place;
    this.#candidates = this.#candidates.slice(looked.length);
  }

  /** Times, the nearer first. */
  #compare(one: string, other: string): number {
    if (one === other) return 0;
    return one < other === this.#options.walk.isAscending ? -1 : 1;
  }

  /** Rows, the nearer first. */
  #compareRows(one: Place, other: Place): number {
    return this.#compare(one.started_at, other.started_at) || this.#compare(one.id, other.id);
  }
}

function readKey(keys: Buffer, at: number): Candidate {
  const hex = keys.toString('hex', at + 8, at + KEY_BYTES);
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  const ms = Number(keys.readBigInt64BE(at) / 1_000n);
  return { started_at: new Date(ms).toISOString(), id, hit: null };
}
