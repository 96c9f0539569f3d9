/** How far a long run is: a bar on a terminal, a plain line now and then on a pipe. On stderr, so that stdout stays free. */
import { Presets, SingleBar } from 'cli-progress';

interface ProgressOptions {
  readonly total: number;
  /** What is counted, such as `requests`. */
  readonly unit: string;
  /** Default: standard error. */
  readonly stream?: NodeJS.WritableStream;
  /** Milliseconds between two lines on a pipe. */
  readonly lineMs?: number;
}

export class Progress {
  readonly #bar: SingleBar;
  #hasStep = false;

  constructor({ total, unit, stream = process.stderr, lineMs = 5_000 }: ProgressOptions) {
    this.#bar = new SingleBar(
      {
        format: `{bar} {percentage} %  {value} of {total} ${unit}  {duration_formatted}, {eta_formatted} left  {label}`,
        formatValue: (value, _options, type) =>
          type === 'value' || type === 'total' ? value.toLocaleString('en') : String(value),
        stream,
        barsize: 28,
        noTTYOutput: true,
        notTTYSchedule: lineMs,
        // The event loop may be busy for long; a bar that is drawn by a timer alone would stand still.
        forceRedraw: true,
      },
      Presets.shades_classic,
    );
    this.#bar.start(total, 0, { label: '' });
  }

  /** Counts `done` more. */
  add(done: number): void {
    this.#bar.increment(done);
  }

  /** Says what is done next, the one of `total` that comes now. */
  step(label: string): void {
    if (this.#hasStep) this.#bar.increment(1, { label });
    else this.#bar.update({ label });
    this.#hasStep = true;
  }

  /** Draws the last state and leaves the line. */
  end(): void {
    this.#bar.stop();
  }
}
