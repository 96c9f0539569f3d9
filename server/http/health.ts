import { setTimeout as sleep } from 'node:timers/promises';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { VERSION } from '#server/version';

/** The process answers. The database is not asked: an outage of it must not restart us. */
export function health(): { status: 'ok'; version: string } {
  return { status: 'ok', version: VERSION };
}

const PING_MS = 1_000;
const CACHE_MS = 1_000;
const lastPings = new WeakMap<Deps, { readonly at: number; readonly result: Promise<void> }>();

/**
 * Whether we can store and read now: not starting, not draining, the write pool answers, the queue is not almost full.
 * @throws {AppError} 503 with the reason.
 */
export async function checkReadiness(deps: Deps): Promise<{ status: 'ready' }> {
  deps.readiness.requireReady();
  if (deps.requestWriter.stats().queued_rows > deps.config.queueRows * 0.8) {
    throw new AppError('overloaded', 'The queue of logs to store is almost full.');
  }
  await ping(deps);
  return { status: 'ready' };
}

/** At most one query a second, however often a proxy asks. */
function ping(deps: Deps): Promise<void> {
  const now = performance.now();
  const last = lastPings.get(deps);
  if (last && now - last.at <= CACHE_MS) return last.result;
  const result = askDatabase(deps);
  result.catch(() => {}); // Whoever awaits it sees the failure.
  lastPings.set(deps, { at: now, result });
  return result;
}

async function askDatabase(deps: Deps): Promise<void> {
  const timeout = sleep(PING_MS, undefined, { ref: false }).then(() => {
    throw new AppError('database_unavailable', 'The database does not answer.');
  });
  await Promise.race([deps.writePool.query('SELECT 1'), timeout]);
}
