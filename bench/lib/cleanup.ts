/** What a run has started and must end, also when it fails or is stopped by Ctrl-C. */

type Cleanup = () => Promise<void> | void;

const cleanups: Cleanup[] = [];

/** Registers how to undo something; undone in reverse order. */
export function onCleanup(cleanup: Cleanup): void {
  cleanups.push(cleanup);
}

/** Undoes everything; one that fails does not keep the others from their turn. */
export async function runCleanups(): Promise<void> {
  for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) {
    try {
      await cleanup();
    } catch (error) {
      process.stderr.write(`Clean-up: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

/** Ctrl-C and SIGTERM undo everything, then end the process. */
export function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.stderr.write('\nStopping …\n');
      void runCleanups().finally(() => process.exit(130));
    });
  }
}
