/** Callers that do not cooperate, and one beside them that does and must not notice. */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { peakResidentMb, residentMb } from '#tests/support/processStats';
import type { TestEnvironment } from './environment.ts';
import { type Workload, makeLog, post } from './workload.ts';
import { makeSecondKey } from './scenarios/noisyNeighbour.ts';

const PAUSE_MS = 50;
/** The longest that other callers may wait, 19 times of 20. Idle, the machine takes a fifth; the attacker runs on it as well. */
const MOST_P95_MS = 1_000;

export interface Siege {
  /** What went wrong for the other callers. */
  readonly problems: readonly string[];
  readonly note: string;
  readonly workload: Workload;
  readonly grownMb: number;
}

/** Logs of another organization while `attack` runs: none may be refused, and few may wait. */
export async function besiege(environment: TestEnvironment, attack: () => Promise<void>): Promise<Siege> {
  const workload = environment.createWorkload(0, environment.server.url, await makeSecondKey(environment));
  const before = residentMb(environment.server.pid);
  const waits: number[] = [];
  const refused: (number | null)[] = [];
  let isOver = false;
  const calls = async () => {
    while (!isOver) {
      const log = makeLog('innocent');
      workload.recordSent(log);
      const started = performance.now();
      const answer = await post(workload.target, JSON.stringify(log));
      waits.push(performance.now() - started);
      if (answer?.status === 201) workload.acked.set(log.id, workload.sent.get(log.id) ?? '');
      else refused.push(answer?.status ?? null);
      await sleep(PAUSE_MS);
    }
  };
  await Promise.all([attack().finally(() => (isOver = true)), calls()]);
  const p95 = waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.95)] ?? 0;
  const grownMb = peakResidentMb(environment.server.pid) - before;
  const problems =
    refused.length > 0 ? [`${refused.length} innocent calls of ${waits.length}: ${refused.join(' ')}`] : [];
  if (p95 > MOST_P95_MS) problems.push(`an innocent caller waited ${Math.round(p95)} ms`);
  const note = `${waits.length} innocent calls, p95 ${Math.round(p95)} ms; grew by ${Math.round(grownMb)} MB`;
  return { problems, note, workload, grownMb };
}

/** A socket that sends `bytes`, never closes its side and never reads. */
export function openSilent(environment: TestEnvironment, bytes: string | Buffer): net.Socket {
  const socket = net.connect({ port: environment.server.port, host: '127.0.0.1', allowHalfOpen: true }, () => {
    if (bytes.length > 0) socket.write(bytes);
  });
  socket.on('error', () => {});
  return socket.pause();
}

/** Sends a request as bytes and resolves with the status of its answer; null where there was none. */
export function sendBytes(environment: TestEnvironment, bytes: Buffer): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = net.connect(environment.server.port, '127.0.0.1', () => socket.write(bytes));
    let status: number | null = null;
    socket.on('data', (chunk: Buffer) => (status ??= Number(/HTTP\/1\.1 (\d+)/.exec(chunk.toString('latin1'))?.[1])));
    socket.on('error', () => {});
    socket.on('close', () => resolve(status));
  });
}

/** The head of a POST of JSON, after which the connection is closed. */
export function postHead(
  environment: TestEnvironment,
  path: string,
  headers: Readonly<Record<string, string | number>>,
): string {
  const all = {
    Host: 'localhost',
    Authorization: `Bearer ${environment.apiKey}`,
    'Content-Type': 'application/json',
    Connection: 'close',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
