/** What the benchmark of peers needs of a product, ours or another. */
import type { LoadForm } from '../lib/load.ts';

export interface Contender {
  /** With its version, as it heads a column. */
  readonly name: string;
  /** How calls reach it, in words. */
  readonly protocol: string;
  /** How calls reach it, for the load generator. */
  readonly load: {
    readonly path: string;
    readonly form: LoadForm;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /**
   * The most logs of one load; none where it is undefined. For a product that acknowledges sooner than it stores, so that what waits can
   * be read within the time of this benchmark.
   */
  readonly mostLogs?: number;
  /** Megabytes of what is installed for it, without the runtime of its language. */
  readonly installedMb: number;
  /** Starts it on a database that is empty, or that it has filled before. Resolves once it serves. */
  start(place: ContenderPlace): Promise<RunningContender>;
}

export interface ContenderPlace {
  /** A database of its own, such as `postgres://user:password@127.0.0.1:5432/name`. */
  readonly databaseUrl: string;
  /** A folder of its own, kept from start to start. */
  readonly folder: string;
}

export interface RunningContender {
  readonly pid: number;
  readonly port: number;
  readonly apiKey: string;
  /** Logs that its own API can read now. */
  countReadable(): Promise<number>;
  /** The ids of all of them, as `LoadResult.ackedIds` has them. */
  listReadable(): Promise<ReadonlySet<string>>;
  /** Ends it; also when it has been killed. */
  stop(): Promise<void>;
}

/** Answers of 2xx as JSON; all else throws. */
export async function fetchJson(url: string, init?: RequestInit): Promise<unknown> {
  const res = await fetch(url, { signal: AbortSignal.timeout(30_000), ...init });
  if (!res.ok) throw new Error(`${new URL(url).pathname} answered ${res.status}: ${(await res.text()).slice(0, 200)}`);
  return res.json();
}

/** Asks for page after page until one names no next page. */
export async function listPages<T>(
  readPage: (cursor: string | undefined) => Promise<{ readonly rows: readonly T[]; readonly next?: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const { rows, next } = await readPage(cursor);
    all.push(...rows);
    cursor = next || undefined;
  } while (cursor !== undefined);
  return all;
}
