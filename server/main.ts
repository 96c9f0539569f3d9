/** The process: configuration in, one server, signals out. */
import path from 'node:path';
import { ConfigError, loadConfig } from '#server/config';
import { signInLink } from '#server/bootstrap';
import { createLogger } from '#server/log';
import { type RunningServer, startServer } from '#server/startServer';
import { obeyLimitsOfThreads } from '#server/threadHeaps';
import { VERSION } from '#server/version';

/** After the drain; whatever is still running then ends with the process. */
const STOP_MS = 8_000;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createLogger(config.logLevel);
  // A second later than a supervisor would wait is too late: never continue in an unknown state.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });

  obeyLimitsOfThreads();
  let server: RunningServer | undefined;
  // Before anything is started: what a start has begun by then is ended by it.
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(1); // The second signal means now.
      stopping.abort();
      // Ctrl-C has nobody to hand over to, and who was never ready has nothing to hand over.
      const drainMs = signal === 'SIGINT' || !server?.deps.readiness.isReady ? 0 : config.drainMs;
      setTimeout(() => process.exit(1), drainMs + STOP_MS).unref();
      server?.stop(drainMs).then(
        () => process.exit(0),
        (error: unknown) => {
          log.fatal({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
    });
  }

  try {
    server = await startServer({
      config,
      log,
      rootFolder: findRoot(),
      onNotice: say,
      signal: stopping.signal,
      // At once and without an answer to anybody: what was not acknowledged is sent again.
      onFolderLost: (error) => exitWith(`PromptLab stops. ${error.message}`),
    });
    if (stopping.signal.aborted) {
      await server.stop(0);
      process.exit(0);
    }
    const code = await server.ready;
    if (server.deps.readiness.isReady) say(greeting(`http://localhost:${server.port}${config.basePath}`, code));
  } catch (error) {
    // Told to stop before it was ready: that is no failure.
    if (stopping.signal.aborted) {
      if (!server) process.exit(0);
      return;
    }
    await server?.stop(0).catch(() => {});
    throw error;
  }
}

/** What a person reads at the end of a start. */
function greeting(url: string, code: string | null): string {
  const lines = [`PromptLab ${VERSION} is ready at ${url}`];
  if (code !== null) {
    lines.push('', 'No API key was used yet. Open this link to sign in; it is good once, for an hour:', '');
    lines.push(`  ${signInLink(url, code)}`, '');
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

function exitWith(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

main().catch((error: unknown) => {
  const isOurs = error instanceof ConfigError || error instanceof Error;
  exitWith(`PromptLab cannot start. ${isOurs ? error.message : String(error)}`);
});
