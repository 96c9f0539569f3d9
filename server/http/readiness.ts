import { AppError } from '#server/errors';

const STARTING = 'The server is starting and waits for its database; try again in a moment.';

/** Where the process is in its life: `/readyz` tells a proxy, and every other route asks before it works. */
export class Readiness {
  #phase: 'starting' | 'ready' | 'draining' = 'starting';

  get isDraining(): boolean {
    return this.#phase === 'draining';
  }

  get isReady(): boolean {
    return this.#phase === 'ready';
  }

  becomeReady(): void {
    if (this.#phase === 'starting') this.#phase = 'ready';
  }

  startDraining(): void {
    this.#phase = 'draining';
  }

  /** @throws {AppError} `database_unavailable` until the database was reached and migrated once. */
  requireStarted(): void {
    if (this.#phase === 'starting') throw new AppError('database_unavailable', STARTING);
  }

  /** What a probe is told. @throws {AppError} while starting or draining, which the log does not name: it is asked every second. */
  requireReady(): void {
    if (this.#phase === 'starting') throw new AppError('database_unavailable', STARTING, { isLogged: false });
    if (this.isDraining) throw new AppError('draining', 'The server is shutting down.', { isLogged: false });
  }
}
