/** A progress bar for the terminal. On a pipe it writes a plain line now and then, so that logs stay readable. */

interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

interface DemoProgressOptions {
  readonly total: number;
  /** Default: standard error, so that standard output stays free. */
  readonly output?: ProgressOutput;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock?: () => number;
  /** What is counted. Default: `requests`. */
  readonly unit?: string;
}

const BAR_WIDTH = 28;

export class DemoProgress {
  readonly #total: number;
  readonly #output: ProgressOutput;
  readonly #clock: () => number;
  readonly #unit: string;
  readonly #startedAt: number;
  #count = 0;
  #shownAt = -Infinity;

  constructor(options: DemoProgressOptions) {
    this.#total = options.total;
    this.#output = options.output ?? process.stderr;
    this.#clock = options.clock ?? (() => performance.now());
    this.#unit = options.unit ?? 'requests';
    this.#startedAt = this.#clock();
  }

  /** Counts `done` more, and draws when the last picture is old enough. */
  add(done: number): void {
    this.#count += done;
    const now = this.#clock();
    const pauseMs = this.#output.isTTY ? 100 : 5_000;
    if (now - this.#shownAt < pauseMs) return;
    this.#shownAt = now;
    this.#show(now);
  }

  /** Draws the last picture and leaves the line. */
  finish(): void {
    this.#show(this.#clock());
    if (this.#output.isTTY) this.#output.write('\n');
  }

  #show(now: number): void {
    const line = formatProgress({
      count: this.#count,
      total: this.#total,
      elapsedMs: now - this.#startedAt,
      unit: this.#unit,
    });
    if (!this.#output.isTTY) {
      this.#output.write(`${line}\n`);
      return;
    }
    const share = this.#total > 0 ? Math.min(1, this.#count / this.#total) : 1;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    // One column stays free, or the cursor moves to the next line; the rest of the old line is wiped.
    this.#output.write(`\r${`${bar} ${line}`.slice(0, (this.#output.columns ?? 100) - 1)}\u001b[K`);
  }
}

/** Such as ` 42 %  4,200 of 10,000 requests  3,120/s  2 s left`. */
export function formatProgress(state: { count: number; total: number; elapsedMs: number; unit: string }): string {
  const { count, total, elapsedMs, unit } = state;
  const percent = total > 0 ? Math.min(100, Math.floor((count / total) * 100)) : 100;
  const rate = elapsedMs > 0 ? (count / elapsedMs) * 1000 : 0;
  const rest =
    count >= total
      ? `done in ${formatSeconds(elapsedMs / 1000)}`
      : rate > 0
        ? `${formatSeconds((total - count) / rate)} left`
        : '';
  const figures = `${count.toLocaleString('en')} of ${total.toLocaleString('en')} ${unit}`;
  return `${String(percent).padStart(3)} %  ${figures}  ${Math.round(rate).toLocaleString('en')}/s  ${rest}`.trimEnd();
}

function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
