/** Requests of a group as columns, of which each row is one request: what figures are made from. Pure. */

/** Some requests by columns: each holds one value of every request, the latest request first. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly started_at: number[];
  readonly status: string[];
  readonly finish_reason: (string | null)[];
  readonly model: string[];
  readonly prompt_slug: (string | null)[];
  readonly latency_ms: (number | null)[];
  readonly ttft_ms: (number | null)[];
  readonly input_tokens: (number | null)[];
  readonly output_tokens: (number | null)[];
  /** Decimal texts, so that their sum is exact. */
  readonly cost_usd: (string | null)[];
}
export type SampleColumn = keyof Sample;

/** One that requests are appended to. */
export function emptySample(): Sample {
  return {
    started_at: [],
    status: [],
    finish_reason: [],
    model: [],
    prompt_slug: [],
    latency_ms: [],
    ttft_ms: [],
    input_tokens: [],
    output_tokens: [],
    cost_usd: [],
  };
}

/** Adds the first `limit` rows of a further part behind those that are there. */
export function appendSample(sample: Sample, part: Sample, limit: number): void {
  for (const name of Object.keys(sample) as SampleColumn[]) {
    const column: unknown[] = sample[name];
    for (const value of part[name].slice(0, limit)) column.push(value);
  }
}

/** The numbers of a column that were reported, of all rows or of some. */
export function numbersOf(
  sample: Sample,
  column: 'latency_ms' | 'ttft_ms' | 'input_tokens' | 'output_tokens' | 'cost_usd',
  rows: readonly number[] | null,
): Float64Array {
  const values = sample[column];
  const numbers = new Float64Array(rows?.length ?? values.length);
  let count = 0;
  for (let at = 0; at < numbers.length; at++) {
    const value = values[rows?.[at] ?? at];
    if (value !== null && value !== undefined) numbers[count++] = Number(value);
  }
  return numbers.subarray(0, count);
}

/** How many rows are counted, of all or of some. */
export function countRows(sample: Sample, rows: readonly number[] | null, isCounted: (row: number) => boolean): number {
  let count = 0;
  if (rows === null) for (let row = 0; row < sample.status.length; row++) count += isCounted(row) ? 1 : 0;
  else for (const row of rows) count += isCounted(row) ? 1 : 0;
  return count;
}

/** The rows by their value in a column; those without one are left out. */
export function rowsByValue(sample: Sample, column: 'model' | 'prompt_slug' | 'finish_reason'): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (const [row, value] of sample[column].entries()) {
    if (value === null) continue;
    const found = rows.get(value);
    if (found) found.push(row);
    else rows.set(value, [row]);
  }
  return rows;
}
