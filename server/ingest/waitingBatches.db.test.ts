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

test('a batch that waits to be stored takes the memory of its rows, and none for what they were read from', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
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

  const heldBytes = () => requestWriter.stats().queued_bytes + rowBytes;
  const body = Buffer.from(JSON.stringify({ logs }));
  const statuses: Promise<number | undefined>[] = [];
  try {
    // The first batch takes what is made once besides: the program's own code.
    statuses.push(send(body));
    await untilWaiting(LOGS);
    const [memoryBefore, heldBefore] = [await memoryInUse(), heldBytes()];
    for (let batch = 1; batch <= BATCHES; batch++) {
      statuses.push(send(body));
      await untilWaiting((1 + batch) * LOGS);
    }
    const taken = (await memoryInUse()) - memoryBefore;
    const held = heldBytes() - heldBefore;
    expect(held).toBeGreaterThan(BATCHES * MEGABYTE);
    // A kept copy of their bodies would take all of it.
    expect(taken - held).toBeLessThan(BATCHES * body.length * 0.75);
  } finally {
    open();
  }
  expect(await Promise.all(statuses)).toEqual(Array.from({ length: 1 + BATCHES }, () => 201));
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
