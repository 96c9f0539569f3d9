/** Several servers on one data folder: one serves, whatever the moment and the container, and nothing acknowledged is lost. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { attachEmbeddedPostgres } from '#server/db/embeddedPostgres';
import { tryLockCluster } from '#server/db/folderLock';
import { poll } from '#tests/support/poll';
import { signInByLink } from '#tests/support/signInByLink';
import { type ServerChild, untilReady } from '#tests/support/serverChild';
import { buildSpawnedServer, canContain, CONTAINER, endSpawnedServers, spawnServer } from '#tests/support/spawnServer';
import { makeDataDir } from '#tests/support/startProduct';
import { auditDatabase, findBreaches } from '../audit.ts';
import { Workload } from '../workload.ts';
import { type Outcome, type Scenario, skipFault, someTime, toOutcome } from '../scenario.ts';

const IN_USE = /is in use by another PromptLab/;
const STOP_MS = 8_000;
const STARTS = 8;

/** Runs in a folder that is removed afterwards, with all that runs on it. */
async function inFolder(run: (folder: string) => Promise<Outcome>): Promise<Outcome> {
  const folder = makeDataDir();
  await buildSpawnedServer();
  try {
    return await run(folder);
  } finally {
    await endSpawnedServers();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** An outcome without logs: nothing was acknowledged, or what was has its own audit. */
function conclude(problems: readonly string[], note: string): Outcome {
  return { acked: 0, refused: 0, lost: 0, duplicates: 0, altered: 0, problems, note };
}

export const overlappingDeploy: Scenario = {
  name: 'two-containers',
  title: 'a second container on the volume',
  run: () =>
    inFolder(async (folder) => {
      if (!canContain()) return skipFault('this user may not make namespaces');
      const problems: string[] = [];
      const first = spawnServer({ PROMPTLAB_DATA_DIR: folder }, { command: CONTAINER });
      const url = await untilReady(first);
      const workload = new Workload({ url, apiKey: await signInByLink(url, first.output()), workers: 8 });
      workload.start();
      await workload.untilAcked(100);

      const second = spawnServer({ PROMPTLAB_DATA_DIR: folder }, { command: CONTAINER });
      await second.ended;
      if (!IN_USE.test(second.output())) problems.push(`the second container said: ${second.output().slice(0, 200)}`);
      await workload.untilAcked(100);

      await first.kill('SIGKILL');
      const diedAt = performance.now();
      const third = spawnServer({ PROMPTLAB_DATA_DIR: folder, PORT: new URL(url).port }, { command: CONTAINER });
      await untilReady(third);
      const backMs = Math.round(performance.now() - diedAt);
      await workload.untilAcked(100);
      await workload.stop();
      const database = await attachEmbeddedPostgres({ dataDir: folder });
      const audit = await auditDatabase(database.url, [workload]);
      await third.kill('SIGKILL');
      const note = `back ${backMs} ms after the kill -9`;
      return toOutcome(audit, [workload], { problems: [...findBreaches(audit), ...problems], note });
    }),
};

/** Starts several servers at one instant; resolves with those that serve, once the others have ended. */
async function startAtOnce(folder: string, env: Readonly<Record<string, string>> = {}): Promise<ServerChild[]> {
  const servers = Array.from({ length: STARTS }, () => spawnServer({ PROMPTLAB_DATA_DIR: folder, ...env }));
  await poll(async () => {
    const undecided = servers.filter((server) => server.exit() === null && server.url() === undefined);
    if (undecided.length > 0) throw new Error(`${undecided.length} starts neither serve nor end.`);
  }, 60_000);
  return servers.filter((server) => server.url() !== undefined);
}

export const startsAtOnce: Scenario = {
  name: 'same-instant',
  title: `${STARTS} starts at one instant`,
  run: () =>
    inFolder(async (folder) => {
      const problems: string[] = [];
      for (const round of ['on a new folder', 'after a kill -9']) {
        const serving = await startAtOnce(folder);
        if (serving.length !== 1) problems.push(`${serving.length} of ${STARTS} serve ${round}`);
        await Promise.all(serving.map((server) => server.kill('SIGKILL')));
      }
      return conclude(problems, '1 serves, the others say why not');
    }),
};

/** Negative control: where the lock says yes to everybody, two serve or Postgres breaks, and the scenario above sees it. */
export const lockControl: Scenario = {
  name: 'lock-control',
  title: 'control: a lock that everybody gets',
  run: () =>
    inFolder(async (folder) => {
      const programs = fs.mkdtempSync(path.join(os.tmpdir(), 'promptlab-programs-'));
      fs.writeFileSync(path.join(programs, 'flock'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
      try {
        const env = { PROMPTLAB_DATA_DIR: folder, PATH: `${programs}${path.delimiter}${process.env.PATH}` };
        const first = spawnServer(env);
        await untilReady(first);
        const second = spawnServer(env);
        // It serves, or breaks on what the first one holds: either is no refusal.
        await Promise.race([second.ended, untilReady(second).catch(() => {})]);
        const isRefused = IN_USE.test(second.output());
        return conclude(
          isRefused ? ['the second start was refused all the same'] : [],
          'the second start was not refused',
        );
      } finally {
        fs.rmSync(programs, { recursive: true, force: true });
      }
    }),
};

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGKILL'] as const;
/** A first start takes about as long. */
const START_MS = 2_500;

export const startSignals: Scenario = {
  name: 'start-signals',
  title: 'signals while it starts',
  run: () =>
    inFolder(async (folder) => {
      const problems: string[] = [];
      const moments: string[] = [];
      for (const signal of SIGNALS) {
        const home = path.join(folder, signal);
        const server = spawnServer({ PROMPTLAB_DATA_DIR: home });
        const afterMs = Math.round(someTime(START_MS));
        moments.push(`${signal} after ${afterMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        const toldAt = performance.now();
        await server.kill(signal);
        const tookMs = Math.round(performance.now() - toldAt);
        if (tookMs > STOP_MS) problems.push(`${signal} after ${afterMs} ms: it took ${tookMs} ms to end`);
        if (signal !== 'SIGKILL' && isClusterInUse(home))
          problems.push(`${signal} after ${afterMs} ms left a Postgres`);
        const next = spawnServer({ PROMPTLAB_DATA_DIR: home });
        await untilReady(next);
        if (!next.output().includes('#key=')) problems.push(`after ${signal} no link was offered`);
        await next.kill('SIGTERM');
        if (isClusterInUse(home)) problems.push(`after ${signal} the next server left a Postgres`);
      }
      return conclude(problems, moments.join(', '));
    }),
};

function isClusterInUse(home: string): boolean {
  if (!fs.existsSync(home)) return false;
  const lock = tryLockCluster(home);
  lock?.release();
  return lock === null;
}
