/** Counts what became of the records, and says it once per cause. */
import { ignoreRejection } from '../runtime/guard.js';
import { PromptLabError, type DropReason } from '../errors.js';
import type { DeliverySettings } from './settings.js';
import type { Loss } from './uploadDecision.js';
import { findProcess } from '../runtime/runtime.js';
import { warnOnce } from '../runtime/warn.js';

/** Drops that somebody asked for; all others are losses. */
const WANTED: readonly DropReason[] = ['masked_out', 'sampled_out'];

export class DeliveryLog {
  sent = 0;
  retried = 0;
  /** Records lost so far, for whatever reason. */
  lost = 0;
  lastError: string | undefined;
  readonly dropped: Partial<Record<DropReason, number>> = {};
  readonly #onError: DeliverySettings['onError'];
  readonly #isPrinted: boolean;

  constructor({ onError, debug }: Pick<DeliverySettings, 'onError' | 'debug'>) {
    this.#onError = onError;
    this.#isPrinted = debug || !isTestRun();
  }

  drop(reason: DropReason, count = 1): void {
    if (count === 0) return;
    this.dropped[reason] = (this.dropped[reason] ?? 0) + count;
    if (!WANTED.includes(reason)) this.lost += count;
  }

  lose(loss: Loss): void {
    this.drop(loss.reason, loss.records.length);
    this.report(loss.reason, loss.message, loss);
  }

  report(reason: DropReason, message: string, details?: { httpStatus?: number | undefined; cause?: unknown }): void {
    this.lastError = message;
    if (this.#isPrinted) warnOnce(`delivery:${reason}`, message);
    try {
      ignoreRejection(this.#onError?.(new PromptLabError(reason, message, details)));
    } catch {
      // The handler is the user's; its failure is not ours to pass on.
    }
  }
}

/** An upload may fail at any time: under a test runner that is after the test, where printing is an error of its own. */
function isTestRun(): boolean {
  try {
    return findProcess()?.env?.NODE_ENV === 'test';
  } catch {
    return false;
  }
}
