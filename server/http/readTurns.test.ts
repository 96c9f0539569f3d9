import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReadTurns } from './readTurns.ts';

const MEGABYTE = 1024 * 1024;
const BODY = Buffer.alloc(MEGABYTE, 97);

/** A server that reads bodies in turns, and notes how much each brought and which were read to their end, in order. */
async function aReader() {
  const turns = new ReadTurns();
  const received = new Map<string, number>();
  const ended: string[] = [];
  let atFirstEnd: ReadonlyMap<string, number> | undefined;
  const read = (req: IncomingMessage) => {
    const body = { received: 0, since: performance.now() };
    const name = req.url ?? '';
    req.on('data', (chunk: Buffer) => {
      body.received += chunk.length;
      received.set(name, body.received);
      turns.note(name.slice(0, 2), req, body, chunk.length);
    });
  };
  const server = http.createServer((req, res) => {
    read(req);
    req.on('end', () => {
      atFirstEnd ??= new Map(received);
      ended.push(req.url ?? '');
      res.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  /** Sends the first tenth of a body, and the others once `rest` has resolved. */
  const post = (path: string, rest: Promise<void> = Promise.resolve()) =>
    new Promise<void>((resolve, reject) => {
      const headers = { 'Content-Length': MEGABYTE };
      const req = http.request({ port, path, method: 'POST', agent: false, headers }, (res) =>
        res.resume().on('end', resolve),
      );
      req.on('error', reject);
      req.write(BODY.subarray(0, MEGABYTE / 10));
      void rest.then(() => req.end(BODY.subarray(MEGABYTE / 10)));
    });
  return {
    url: `http://127.0.0.1:${port}`,
    post,
    received,
    ended,
    atFirstEnd: () => atFirstEnd ?? new Map<string, number>(),
    stop: () => new Promise((stopped) => server.close(stopped)),
  };
}

test('of many large bodies of one owner a turn reads some, and the oldest come to their end before others hold much', async () => {
  const reader = await aReader();
  const paths = Array.from({ length: 40 }, (_, index) => `/a/${index}`);
  let sendRest = () => {};
  const rest = new Promise<void>((resolve) => (sendRest = resolve));
  const posted = Promise.all(paths.map((path) => reader.post(path, rest)));
  while (reader.received.size < paths.length) await sleep(1);
  sendRest();
  await posted;
  await reader.stop();

  expect(reader.ended.toSorted()).toEqual(paths.toSorted());
  expect([...reader.received.values()]).toEqual(paths.map(() => MEGABYTE));
  // What was sent before the others were asked for, and one more piece of 64 kB.
  const ofTheLatest = [...reader.atFirstEnd().values()].slice(20);
  expect(ofTheLatest).toHaveLength(20);
  // Some go on where the oldest have not arrived yet. Without turns each of them holds 274 kB.
  const mean = ofTheLatest.reduce((sum, bytes) => sum + bytes, 0) / ofTheLatest.length;
  expect(mean).toBeLessThan(250 * 1024);
});

test('the body of another owner does not wait for those that came before it', async () => {
  const reader = await aReader();
  const crowd = Array.from({ length: 40 }, (_, index) => reader.post(`/a/${index}`));
  while (reader.received.size < 20) await sleep(1);
  await reader.post('/b/0');
  const place = reader.ended.indexOf('/b/0');
  await Promise.all(crowd);
  await reader.stop();

  expect(place).toBeGreaterThanOrEqual(0);
  expect(place).toBeLessThan(35);
});

test('a body that is closed while it is paused leaves nothing that others wait for', async () => {
  const reader = await aReader();
  const crowd = Array.from({ length: 10 }, (_, index) => reader.post(`/a/${index}`));
  const gone = http.request({
    port: Number(new URL(reader.url).port),
    path: '/a/gone',
    method: 'POST',
    agent: false,
    headers: { 'Content-Length': MEGABYTE },
  });
  gone.on('error', () => {});
  gone.write(Buffer.alloc(MEGABYTE / 2, 97));
  while (!reader.received.has('/a/gone')) await sleep(1);
  gone.destroy();
  await Promise.all(crowd);
  await reader.stop();
  expect(reader.ended).toHaveLength(10);
});
