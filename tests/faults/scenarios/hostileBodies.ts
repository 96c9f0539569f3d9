/** Bodies that take more than they seem to: each kind is refused in time, and costs other callers nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { TestEnvironment } from '../environment.ts';
import { makeLog } from '../workload.ts';
import { besiege, openSilent, postHead, sendBytes } from '../hostile.ts';
import { type Outcome, type Scenario, concludeFault } from '../scenario.ts';

const MEGABYTE = 1024 * 1024;
/** Most memory beyond what the server took at rest: its budgets, and what a busy Node does not give back at once. */
const MOST_GROWTH_MB = 250;

interface Crowd {
  readonly count: number;
  /** All of one call. */
  readonly toBytes: (environment: TestEnvironment, log: ReturnType<typeof makeLog>) => Buffer;
  readonly mostGrowthMb?: number;
}

/** All of them at once, by one key; some are stored, the rest is refused. */
async function playCrowd(
  environment: TestEnvironment,
  { count, toBytes, mostGrowthMb = MOST_GROWTH_MB }: Crowd,
): Promise<Outcome> {
  const crowd = environment.createWorkload(0);
  const answers = new Map<number | null, number>();
  const calls = Array.from({ length: count }, (_, call) => {
    const log = makeLog(`crowd/${call}`);
    crowd.recordSent(log);
    return toBytes(environment, log);
  });
  const siege = await besiege(environment, async () => {
    await Promise.all(
      calls.map(async (bytes) => {
        const status = await sendBytes(environment, bytes);
        answers.set(status, (answers.get(status) ?? 0) + 1);
      }),
    );
    await sleep(500);
  });
  const extra = [...siege.problems];
  if (siege.grownMb > mostGrowthMb) extra.push(`the server grew by ${Math.round(siege.grownMb)} MB`);
  const others = [...answers.keys()].filter((status) => status === null || ![200, 201, 503].includes(status));
  if (others.length > 0) extra.push(`answers ${others.join(' ')}`);
  if (!answers.has(200) && !answers.has(201)) extra.push('not one of the crowd was served');
  const note = `${siege.note}; ${[...answers].map(([status, times]) => `${times} × ${status}`).join(', ')}`;
  return concludeFault(environment, [crowd, siege.workload], { extra, note });
}

/** 10 kB that become 9.5 MB. */
const gzipCall: Crowd['toBytes'] = (environment, log) => {
  const metadata = Object.fromEntries(Array.from({ length: 10 }, (_, field) => [field, 'x'.repeat(950_000)]));
  const body = gzipSync(JSON.stringify({ ...log, metadata }));
  const headers = { 'Content-Encoding': 'gzip', 'Content-Length': body.length };
  return Buffer.concat([Buffer.from(postHead(environment, '/api/v1/logs', headers)), body]);
};

export const gzipCrowd: Scenario = {
  name: 'gzip',
  title: 'a crowd of gzip bodies',
  run: (environment) => playCrowd(environment, { count: 60, toBytes: gzipCall }),
};

export const gzipControl: Scenario = {
  name: 'gzip-control',
  title: 'negative control: without a budget for bodies a crowd of gzip takes the memory',
  environment: { server: { env: { BODIES_IN_FLIGHT_MB: '4096', INGEST_QUEUE_MB: '4096', NODE_OPTIONS: '' } } },
  async run(environment) {
    const outcome = await playCrowd(environment, { count: 120, toBytes: gzipCall });
    const isSeen = outcome.problems.some((problem) => /the server grew/.test(problem));
    return { ...outcome, problems: isSeen ? [] : ['the harness saw no growth'] };
  },
};

export const trpcCrowd: Scenario = {
  name: 'trpc',
  title: 'a crowd of large tRPC bodies',
  run: (environment) =>
    playCrowd(environment, {
      count: 40,
      toBytes(_, log) {
        const body = JSON.stringify({ logs: [{ ...log, metadata: { words: 'word '.repeat(190_000) } }] });
        const head = postHead(environment, '/trpc/requests.log', { 'Content-Length': Buffer.byteLength(body) });
        return Buffer.from(head + body);
      },
    }),
};

export const stalledBodies: Scenario = {
  name: 'stall',
  title: 'bodies that are announced and never sent',
  async run(environment) {
    const sizes = [10, 10, 10, 10, ...Array.from({ length: 8 }, () => 1)].map((size) => size * MEGABYTE);
    const siege = await besiege(environment, async () => {
      const sockets = sizes.map((size) =>
        openSilent(environment, `${postHead(environment, '/api/v1/logs', { 'Content-Length': size })}{`),
      );
      await sleep(2_000);
      for (const socket of sockets) socket.destroy();
    });
    return concludeFault(environment, [siege.workload], { extra: siege.problems, note: siege.note });
  },
};
