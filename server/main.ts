/** The process: configuration in, one server, signals out. */
import path from 'node:path';
import { ConfigError, loadConfig } from '#server/config';
import { createLogger } from '#server/log';
import { startServer } from '#server/startServer';
import { VERSION } from '#server/version';

/** How long stopping may take after the drain, before we end as we are. */
const STOP_MS = 8_000;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createLogger(config.logLevel);
  // A second later than a supervisor would wait is too late: never continue in an unknown state.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });

  const server = await startServer({ config, log, rootFolder: findRoot(), onNotice: say });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (server.deps.readiness.isDraining) process.exit(1); // The second signal means now.
      // Ctrl-C has nobody to hand over to.
      const drainMs = signal === 'SIGINT' ? 0 : config.drainMs;
      setTimeout(() => process.exit(1), drainMs + STOP_MS).unref();
      server.stop(drainMs).then(
        () => process.exit(0),
        (error: unknown) => {
          log.fatal({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
    });
  }

  const url = `http://localhost:${server.port}${config.basePath}`;
  const firstKey = await server.ready.catch((error: unknown) => {
    // Told to stop before the database was there: that is no failure.
    if (server.deps.readiness.isDraining) return null;
    throw error;
  });
  if (server.deps.readiness.isReady) say(greeting(url, firstKey));
}

/** What a person reads at the end of a start. */
function greeting(url: string, firstKey: string | null): string {
  const lines = [`PromptLab ${VERSION} is ready at ${url}`];
  if (firstKey !== null) {
    lines.push('', 'Open this link to sign in. It holds your first API key, which is not shown again:', '');
    lines.push(`  ${url}/#key=${firstKey}`, '');
  }
  return lines.join('\n');
}

/** The folder of package.json: this file is `server/main.ts`, or `dist/server.js` when built. */
function findRoot(): string {
  return path.resolve(import.meta.dirname, '..');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  const isOurs = error instanceof ConfigError || error instanceof Error;
  process.stderr.write(`PromptLab cannot start. ${isOurs ? error.message : String(error)}\n`);
  process.exit(1);
});
