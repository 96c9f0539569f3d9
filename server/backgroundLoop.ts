/** Work that a process does again and again until it is stopped: one turn after the other, with pauses that end early. */
export class BackgroundLoop {
  readonly #turn: () => Promise<void>;
  #running: Promise<void> | null = null;
  #isStopping = false;
  #endPause: () => void = () => {};

  /** @param turn does what there is to do, and pauses where there is nothing; it never rejects. */
  constructor(turn: () => Promise<void>) {
    this.#turn = turn;
  }

  /** True from `stop` on: a turn ends after its current step. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the pause, if there is one. */
  wake(): void {
    this.#endPause();
  }

  /** Resolves when the current turn has ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#endPause();
    await this.#running;
  }

  /** Waits, until somebody wakes or stops the loop. */
  pause(ms: number): Promise<void> {
    if (this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) await this.#turn();
  }
}
