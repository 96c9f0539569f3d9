/** Histograms as the rollups keep them, added up and read as percentiles. Pure. */
import { BUCKET_GROWTH, COUNTED, KIND, PERCENTILES } from './histogramSql.ts';

/** A histogram as Postgres answers it. */
export interface HistogramRow {
  /** An array of smallint as text, of any depth: NULL where a request is not counted in what that place is of. */
  readonly buckets: string;
  /** An array of integer as text: how many each of them holds. */
  readonly counts: string;
  /** -1 where they are taken off. */
  readonly sign: number;
}

export type HistogramPercentiles = Record<(typeof PERCENTILES)[number]['name'], number | null>;

const KINDS = Object.keys(COUNTED).length;

/** Sums of many. In Postgres each of their buckets would be a row: 150,000 for a month in a zone whose days begin within those of UTC. */
export class Histogram {
  readonly #counts = new Float64Array(KINDS * KIND);

  add({ buckets, counts, sign }: HistogramRow): void {
    const of = new ArrayReader(counts);
    const from = new ArrayReader(buckets);
    for (let bucket = from.next(); bucket !== END; bucket = from.next()) {
      const count = of.next();
      if (bucket !== NONE) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + sign * count;
    }
  }

  /** Null where nothing is counted. The middle of the first bucket at which that part of all has come together. */
  percentiles(): HistogramPercentiles | null {
    const totals = Object.values(COUNTED).map(({ from }) => this.#sum(from, from + KIND));
    if (totals.every((total) => total === 0)) return null;
    const named = PERCENTILES.map(({ name, counted, part }) => {
      const { from } = COUNTED[counted];
      const total = totals[from / KIND] ?? 0;
      return [name, total === 0 ? null : this.#percentile(from, part * total)] as const;
    });
    return Object.fromEntries(named) as HistogramPercentiles; // One for each name.
  }

  #sum(from: number, to: number): number {
    let sum = 0;
    for (let bucket = from; bucket < to; bucket++) sum += Math.max(0, this.#counts[bucket] ?? 0);
    return sum;
  }

  #percentile(from: number, wanted: number): number {
    let sum = 0;
    let last = 0;
    for (let bucket = from; bucket < from + KIND; bucket++) {
      const count = this.#counts[bucket] ?? 0;
      if (count <= 0) continue;
      last = bucket - from;
      sum += count;
      if (sum >= wanted) break;
    }
    return BUCKET_GROWTH ** (last + 0.5);
  }
}

/** Percentiles of rows that are alike but for their histograms, which are added up. */
export function percentilesBy<Row extends HistogramRow>(
  rows: readonly Row[],
): (Omit<Row, keyof HistogramRow> & HistogramPercentiles)[] {
  const groups = new Map<string, { keys: Omit<Row, keyof HistogramRow>; histograms: HistogramRow[] }>();
  for (const { buckets, counts, sign, ...keys } of rows) {
    const key = JSON.stringify(keys);
    const group = groups.get(key) ?? { keys, histograms: [] };
    group.histograms.push({ buckets, counts, sign });
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ keys, histograms }) => {
    const sum = new Histogram();
    for (const histogram of histograms) sum.add(histogram);
    const percentiles = sum.percentiles();
    return percentiles === null ? [] : [{ ...keys, ...percentiles }];
  });
}

const END = -1;
const NONE = -2;

/** The whole numbers of an array of Postgres as text, such as `{1,2}` or `{{1,NULL},{2,3}}`. */
class ArrayReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** END behind the last, NONE for NULL. */
  next(): number {
    const text = this.#text;
    while (this.#at < text.length) {
      let digit = text.charCodeAt(this.#at++) - ZERO;
      if (digit === LETTER_N) {
        this.#at += 'ULL'.length;
        return NONE;
      }
      if (digit < 0 || digit > 9) continue;
      let value = 0;
      while (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digit = text.charCodeAt(this.#at++) - ZERO;
      }
      return value;
    }
    return END;
  }
}

const ZERO = 48;
const LETTER_N = 'N'.charCodeAt(0) - ZERO;
