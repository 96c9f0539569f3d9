/**
 * One organization reads rows of the largest size, many at once, and mostly does not take the answers. Its answers stay
 * within their budget, whoever takes nothing is cut off, and another organization notices none of it.
 */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { peakResidentMb, residentMb } from '#tests/support/processStats';
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import type { TestEnvironment } from '../environment.ts';
import { type Workload, post } from '../workload.ts';
import { type Outcome, type Scenario, concludeFault } from '../scenario.ts';
import { logNowAndThen, makeSecondKey } from './noisyNeighbour.ts';

const MEGABYTE = 1_000_000;
/** The heap of `npm start`: without a limit nothing would end the process. */
const HEAP = '--max-old-space-size=256';
const LARGE_LOGS = 16;
const LARGE_LOG_MB = 8;
const LOGS = 60;
const IDLE_READERS = 60;
const BUSY_READERS = 10;
const READ_MS = 5_000;
const QUIET_MS = 100;
/** Most memory beyond what the server took at rest: the budget of answers, what is read from Postgres at one time, and garbage. */
const MOST_GROWTH_MB = 220;
/** Somewhat longer than a reader may take for a slice. */
const CUT_MS = 12_000;

export const largeReads: Scenario = {
  name: 'large-reads',
  title: 'large rows read by many who do not take them',
  environment: { server: { env: { NODE_OPTIONS: HEAP } } },
  run: (environment) => run(environment, { isControl: false }),
};

/** Proof that it is the budget that refuses: with one that nothing fills, nobody is refused. */
export const largeReadsControl: Scenario = {
  name: 'large-reads-control',
  title: 'negative control: large rows read without a budget of answers',
  environment: { server: { env: { NODE_OPTIONS: '--max-old-space-size=1024', ANSWERS_IN_FLIGHT_MB: '4096' } } },
  run: (environment) => run(environment, { isControl: true }),
};

async function run(environment: TestEnvironment, { isControl }: { isControl: boolean }): Promise<Outcome> {
  const extra: string[] = [];
  const writer = environment.createWorkload(0);
  const ids = await storeLargeLogs(writer);
  const quiet = environment.createWorkload(0, environment.server.url, await makeSecondKey(environment));
  await sleep(1_000);
  const restMb = residentMb(environment.server.pid);

  const idle = Array.from({ length: IDLE_READERS }, () => readNothing(environment));
  const statuses = new Map<number, number>();
  const until = performance.now() + READ_MS;
  const busy = Array.from({ length: BUSY_READERS }, (_, index) =>
    readOften(environment, ids, { index, until, statuses }),
  );
  const answers = await logNowAndThen(quiet, QUIET_MS);
  await Promise.all(busy);
  const refusedQuiet = answers.filter((status) => status !== 201);
  if (refusedQuiet.length > 0) extra.push(`the other organization was refused: ${refusedQuiet.join(' ')}`);

  const growthMb = Math.round(peakResidentMb(environment.server.pid) - restMb);
  const refused = statuses.get(503) ?? 0;
  for (const status of statuses.keys()) if (![200, 503].includes(status)) extra.push(`an answer ${status}`);
  if (isControl && refused > 0) extra.push('the control was refused all the same');
  if (!isControl && refused === 0) extra.push('nothing was refused');
  if (!isControl && growthMb > MOST_GROWTH_MB) extra.push(`the server grew by ${growthMb} MB`);
  const notCut = await countNotCut(idle);
  if (notCut > 0) extra.push(`${notCut} of ${IDLE_READERS} who read nothing were not cut off`);
  return concludeFault(environment, [writer, quiet], {
    extra,
    note: `grew by ${growthMb} MB, ${refused} reads refused`,
  });
}

/** Logs of 8 MB, and more of 0.2 MB, as a page holds them. */
async function storeLargeLogs(writer: Workload): Promise<string[]> {
  const ids: string[] = [];
  for (let count = 0; count < LARGE_LOGS + LOGS; count++) {
    const id = newId();
    ids.push(id);
    const isLarge = count < LARGE_LOGS;
    const content = 'word '.repeat((isLarge ? MEGABYTE : MEGABYTE / 5) / 5);
    const messages = Array.from({ length: isLarge ? LARGE_LOG_MB : 1 }, () => ({ role: 'user', content }));
    const log = aLogInput({ id, messages });
    writer.recordSent({ ...log, id });
    const answer = await post(writer.target, JSON.stringify({ logs: [log] }));
    if (answer?.status !== 201) throw new Error(`A large log was answered ${answer?.status ?? 'not at all'}.`);
    writer.acked.set(id, writer.sent.get(id) ?? '');
  }
  return ids;
}

/** Asks for a page and takes nothing of the answer. */
function readNothing(environment: TestEnvironment): net.Socket {
  const head = `GET /api/v1/requests HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${environment.apiKey}\r\n\r\n`;
  const socket = net.connect(environment.server.port, '127.0.0.1', () => socket.write(head));
  socket.pause();
  socket.on('error', () => {});
  return socket;
}

async function readOften(
  environment: TestEnvironment,
  ids: readonly string[],
  options: { index: number; until: number; statuses: Map<number, number> },
): Promise<void> {
  const { index, until, statuses } = options;
  for (let turn = index; performance.now() < until; turn++) {
    const id = ids[turn % LARGE_LOGS] ?? '';
    const paths = [
      '/api/v1/requests',
      `/api/v1/requests/${id}`,
      `/trpc/requests.get?input=${encodeURIComponent(JSON.stringify({ id }))}`,
      '/trpc/requests.list?input=%7B%22limit%22%3A200%7D',
    ];
    const res = await fetch(environment.server.url + paths[turn % paths.length], {
      headers: { authorization: `Bearer ${environment.apiKey}` },
    });
    await res.arrayBuffer();
    statuses.set(res.status, (statuses.get(res.status) ?? 0) + 1);
    if (res.status === 503) await sleep(100);
  }
}

/**
 * Readers whose answer came whole although they took nothing of it for longer than the server waits. What the buffers of
 * the system hold comes in any case; a refusal is small, and comes whole.
 */
async function countNotCut(sockets: readonly net.Socket[]): Promise<number> {
  await sleep(CUT_MS);
  let whole = 0;
  const ended = sockets.map(
    (socket) =>
      new Promise<void>((resolve) => {
        let end = '';
        socket.on('data', (chunk: Buffer) => {
          end = (end + chunk.toString('latin1')).slice(-7);
          const isPage = end.endsWith('0\r\n\r\n');
          if (isPage) whole++;
          if (isPage || end.endsWith('}}')) resolve();
        });
        socket.on('close', () => resolve());
        socket.resume();
      }),
  );
  await Promise.race([Promise.all(ended), sleep(CUT_MS)]);
  for (const socket of sockets) socket.destroy();
  return whole;
}
