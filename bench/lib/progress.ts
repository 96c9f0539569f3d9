/** How far a long run is: one line on stderr, rewritten in place on a terminal. */
export class Progress {
  readonly #steps: number;
  readonly #startedAt = performance.now();
  #done = 0;

  constructor(steps: number) {
    this.#steps = steps;
  }

  /** Says what is done next, and about how long all of it still takes. */
  step(label: string): void {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const fraction = Math.min(this.#done / this.#steps, 1);
    const left = this.#done === 0 ? '' : `, about ${Math.ceil((seconds / fraction) * (1 - fraction))} s left`;
    write(`[${String(Math.round(fraction * 100)).padStart(3)} %] ${label} (${Math.round(seconds)} s${left})`);
    this.#done++;
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

function write(line: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
}
