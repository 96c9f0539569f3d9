/**
 * Makes segments of what is in the tails, and large segments of small ones. One step is one bounded transaction, which
 * moves requests from tails into a segment: a process that is killed leaves them where they were, and of two servers that
 * work on the same tails one finds them gone and undoes its own.
 */
import { BackgroundLoop } from '#server/backgroundLoop';
import type { Transactional } from '#server/db/pool';
import type { Queryable } from '#server/db/sql';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import type { OrgId } from '#shared/primitives';
import {
  deleteTails,
  type IndexedKey,
  insertSegment,
  insertTail,
  KEY_BYTES,
  listKeysToIndex,
  listOrganizationsToIndex,
  listSegmentsToMerge,
  listTailsToIndex,
  mergeSegments,
  readTextsToIndex,
  type RequestTexts,
  takeIndexLease,
} from './repository.ts';
import { eachText, ID_COLUMNS } from './searchedText.ts';
import { SEGMENT_ROWS, SignatureBuilder } from './signature.ts';

export interface SearchIndexerOptions {
  readonly db: Transactional;
  readonly admin: AdminScope;
  readonly scopeOf: (org_id: OrgId) => OrgScope;
  /** The id of this indexer, a UUID. */
  readonly id: string;
  readonly newId: () => string;
  /** True while logs wait to be stored: they come first. */
  readonly isBusy: () => boolean;
  readonly onError: (error: unknown) => void;
  readonly timing?: Partial<IndexTiming>;
}

/** All in milliseconds, except for the lease. */
interface IndexTiming {
  readonly leaseSeconds: number;
  /** How often it looks for tails. */
  readonly pollMs: number;
  /** Between two looks at whether logs still wait … */
  readonly pauseMs: number;
  /** … and the longest that it waits for them: under a load without an end it goes on slowly. */
  readonly mostPauseMs: number;
}

const TIMING: IndexTiming = { leaseSeconds: 15, pollMs: 1_000, pauseMs: 20, mostPauseMs: 500 };
/** Bytes of texts that are read at one time; a larger request is read alone. */
const READ_BYTES = 512 * 1024;

/** One for each process. */
export class SearchIndexer {
  readonly #options: SearchIndexerOptions;
  readonly #timing: IndexTiming;
  readonly #loop = new BackgroundLoop(() => this.#lookForTails());

  constructor(options: SearchIndexerOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
  }

  start(): void {
    this.#loop.start();
  }

  /** Ends after the current step. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Makes all segments that there are requests for. @returns how many, large ones included. */
  async indexAll(): Promise<number> {
    let made = 0;
    for (const { org_id } of await listOrganizationsToIndex(this.#options.db, this.#options.admin)) {
      try {
        while (!this.#loop.isStopping && (await this.#step(this.#options.scopeOf(org_id)))) made++;
      } catch (error) {
        // What one organization fails at must not keep the others from theirs.
        this.#options.onError(error);
      }
    }
    return made;
  }

  async #lookForTails(): Promise<void> {
    const made = await this.indexAll().catch((error: unknown) => {
      this.#options.onError(error);
      return 0;
    });
    if (made === 0) await this.#loop.pause(this.#timing.pollMs);
  }

  /** One segment, small or large. False where there is nothing to make, or another server makes it. */
  async #step(scope: OrgScope): Promise<boolean> {
    await this.#yield();
    if (!(await takeIndexLease(this.#options.db, scope, this.#lease()))) return false;
    return (await this.#merge(scope)) || (await this.#build(scope));
  }

  async #build(scope: OrgScope): Promise<boolean> {
    const tails = await listTailsToIndex(this.#options.db, scope);
    const ids = tails.flatMap((tail) => tail.ids);
    if (ids.length < SEGMENT_ROWS) return false;
    const keys = await listKeysToIndex(this.#options.db, scope, ids);
    const taken = keys.slice(0, SEGMENT_ROWS);
    const builder = new SignatureBuilder();
    for (const group of groupByBytes(taken)) {
      await this.#yield();
      const texts = await readTextsToIndex(this.#options.db, scope, group);
      const byId = new Map(texts.map((each) => [each.id, each]));
      // One that was deleted since keeps its place, with no bit set.
      for (const id of group) builder.addRow(textsOf(byId.get(id)));
    }
    const built = builder.finish();
    await this.#commit(scope, async (tx) => {
      if (
        (await deleteTails(
          tx,
          scope,
          tails.map(({ id }) => id),
        )) < tails.length
      )
        return false;
      const [first, last] = [taken[0], taken.at(-1)];
      if (first && last) {
        const span = { from_at: first.started_at, to_at: last.started_at };
        await insertSegment(tx, scope, { ...built, ...span, id: this.#options.newId(), keys: writeKeys(taken) });
      }
      await insertTail(tx, scope, keys.slice(SEGMENT_ROWS));
      return true;
    });
    return true;
  }

  async #merge(scope: OrgScope): Promise<boolean> {
    const segments = await listSegmentsToMerge(this.#options.db, scope);
    if (segments.length === 0) return false;
    const presence = Buffer.from(segments[0]?.presence ?? []);
    for (const segment of segments)
      for (let at = 0; at < presence.length; at++) presence[at]! |= segment.presence[at] ?? 0;
    const earliest = segments.map(({ from_at }) => from_at).toSorted()[0] ?? '';
    const merged = {
      id: this.#options.newId(),
      from_at: earliest,
      to_at: segments.at(-1)?.to_at ?? '',
      presence,
      of: segments.map(({ id }) => id),
    };
    await this.#commit(scope, (tx) => mergeSegments(tx, scope, merged));
    return true;
  }

  /** Runs `work` under the lease. Where another server has it by now, or has done the work, nothing of it stays. */
  async #commit(scope: OrgScope, work: (tx: Queryable) => Promise<boolean>): Promise<void> {
    await this.#options.db.transaction(async (tx) => {
      const isOurs = (await takeIndexLease(tx, scope, this.#lease())) && (await work(tx));
      if (!isOurs) throw new Error('Another server makes the segments of this organization.');
    });
  }

  #lease(): { holder: string; seconds: number } {
    return { holder: this.#options.id, seconds: this.#timing.leaseSeconds };
  }

  async #yield(): Promise<void> {
    const end = performance.now() + this.#timing.mostPauseMs;
    while (this.#options.isBusy() && !this.#loop.isStopping && performance.now() < end)
      await this.#loop.pause(this.#timing.pauseMs);
  }
}

function groupByBytes(keys: readonly IndexedKey[]): string[][] {
  const groups: string[][] = [];
  let bytes = Infinity;
  for (const key of keys) {
    bytes += key.bytes;
    if (bytes > READ_BYTES) {
      groups.push([]);
      bytes = key.bytes;
    }
    groups.at(-1)?.push(key.id);
  }
  return groups;
}

/** All texts of a request that are searched: as wordsSql.ts looks for them. */
function textsOf(request: RequestTexts | undefined): string[] {
  if (!request) return [];
  const texts: string[] = [];
  const add = (text: string) => texts.push(text);
  for (const name of ID_COLUMNS) eachText(request[name], add);
  for (const tag of Object.values(JSON.parse(request.tags) as Record<string, string>)) add(tag); // As it was stored.
  eachText(request.response_content, add);
  for (const json of [request.error, request.messages, request.response])
    if (json !== null) eachText(JSON.parse(json), add);
  return texts;
}

function writeKeys(keys: readonly IndexedKey[]): Buffer {
  const buffer = Buffer.alloc(keys.length * KEY_BYTES);
  keys.forEach(({ id, started_at }, index) => {
    buffer.writeBigInt64BE(BigInt(Date.parse(started_at)) * 1_000n, index * KEY_BYTES);
    buffer.write(id.replaceAll('-', ''), index * KEY_BYTES + 8, 'hex');
  });
  return buffer;
}
