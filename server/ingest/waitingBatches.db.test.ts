/** What a batch holds in memory while its rows wait for the database. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { createListener } from '#server/app';
import type { EncodedRow } from '#server/db/binaryRowEncoder';
import { insertRequests } from '#server/requests/repository';
import { aLogInput } from '#tests/support/factories';
import { poll } from '#tests/support/poll';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { BatchWriter } from './batchWriter.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const MEGABYTE = 1024 * 1024;
const BATCHES = 12;
const LOGS = 40;
/** Of an answer and of a call that is open, besides its rows. */
const MOST_BESIDES = 4 * MEGABYTE;
/** At most: others at work in this process only ever add, and the first round takes what is made once besides: the program's own code. */
const ROUNDS = 3;

test('a batch that waits to be stored takes the memory of its rows, and none for what they were read from', async () => {
  let gate = Promise.resolve();
  let rowBytes = 0;
  const requestWriter = new BatchWriter<EncodedRow>({
    queueRows: 10_000,
    queueBytes: 32 * MEGABYTE,
    classify: () => 'unavailable',
    async insert(rows) {
      rowBytes += sumBytes(rows);
      await gate;
      return insertRequests(app.deps.writePool, rows);
    },
  });
  const server = http.createServer(createListener({ ...app.deps, requestWriter }, { distFolder: 'dist' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // Bound to TCP just now.
  const untilWaiting = (logs: number) =>
    poll(async () => {
      const { queued_rows, in_flight_rows } = requestWriter.stats();
      expect(queued_rows + in_flight_rows).toBe(logs);
    });
  // Not ASCII, so that their text takes more than their bytes.
  const logs = Array.from({ length: LOGS }, (_, index) =>
    aLogInput({ messages: [{ role: 'user', content: `${index} 日本語 and English `.repeat(1_200) }] }),
  );
  const send = (body: Buffer) => post(port, app.orgA.key, body);

  const body = Buffer.from(JSON.stringify({ logs }));
  const besides: number[] = [];
  for (let round = 0; round < ROUNDS && !(Math.min(...besides) < MOST_BESIDES); round++) {
    let open = () => {};
    gate = new Promise<void>((resolve) => (open = resolve));
    rowBytes = 0;
    const statuses: Promise<number | undefined>[] = [];
    try {
      const before = await memoryInUse();
      for (let batch = 1; batch <= BATCHES; batch++) {
        statuses.push(send(body));
        await untilWaiting(batch * LOGS);
      }
      const taken = (await memoryInUse()) - before;
      const held = requestWriter.stats().queued_bytes + rowBytes;
      expect(held).toBeGreaterThan(BATCHES * MEGABYTE);
      besides.push(taken - held * 1.1);
    } finally {
      open();
    }
    expect(await Promise.all(statuses)).toEqual(Array.from({ length: BATCHES }, () => 201));
  }
  expect(Math.min(...besides)).toBeLessThan(MOST_BESIDES);
  server.closeAllConnections();
  server.close();
});

const sumBytes = (rows: readonly EncodedRow[]) => rows.reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Bytes that are in use, after what is not was collected. The least of several collections: one gives back the buffers that it
 * found unused only a moment later, by a thread of its own.
 */
async function memoryInUse(): Promise<number> {
  v8.setFlagsFromString('--expose-gc');
  const collect: () => void = vm.runInNewContext('gc');
  let least = Infinity;
  for (let turn = 0; turn < 5; turn++) {
    collect();
    await sleep(50);
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

/** Sends these very bytes: `fetch` would keep a copy until the answer comes. */
function post(port: number, key: string, body: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const req = http.request({ port, method: 'POST', path: '/api/v1/logs' }, (res) => {
      res.resume();
      resolve(res.statusCode);
    });
    req.setHeader('Authorization', `Bearer ${key}`);
    req.setHeader('Content-Type', 'application/json');
    req.on('error', reject);
    req.end(body);
  });
}
