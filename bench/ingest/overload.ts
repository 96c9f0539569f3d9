/** More than the server can store: it must say so, stay small, and be well again as soon as it is over. */
import type { TestEnvironment } from './environment.ts';
import { loadProduct, type ProductLoad } from './rounds.ts';

const MANY_CONNECTIONS = 1_000;
const RECOVERY = { perSecond: 100, connections: 64 };

export interface OverloadFigures {
  readonly load: ProductLoad;
  /** Logs stored per second while the overload lasted. */
  readonly goodput: number;
  /** Seconds after the end until no call fails or takes longer than 150 ms; NaN where it never got well. */
  readonly recoverySeconds: number;
}

export interface OverloadOptions {
  readonly logsPerSecond: number;
  readonly batchSize: number;
  readonly seconds: number;
  /** How long the light load afterwards lasts. */
  readonly recoverySeconds: number;
  readonly onLoad: (load: ProductLoad) => void;
}

/** Sends `logsPerSecond`, as single logs or in batches, and then a light load that shows when all is well again. */
export async function overload(environment: TestEnvironment, options: OverloadOptions): Promise<OverloadFigures> {
  const { batchSize, seconds } = options;
  const load = await loadProduct(environment, {
    batchSize,
    pace: { kind: 'open', perSecond: options.logsPerSecond / batchSize, seconds, connections: MANY_CONNECTIONS },
  });
  options.onLoad(load);
  const after = await loadProduct(environment, {
    batchSize: 1,
    pace: { kind: 'open', seconds: options.recoverySeconds, ...RECOVERY },
  });
  options.onLoad(after);
  const isWell = after.lastTroubleSeconds < options.recoverySeconds;
  return {
    load,
    goodput: load.ackedLogs / load.seconds,
    // The backlog that was still answered after the load had ended counts too.
    recoverySeconds: isWell ? Math.max(0, load.seconds - seconds) + after.lastTroubleSeconds : NaN,
  };
}
