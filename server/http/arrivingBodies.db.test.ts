/** Bodies on their way in, from callers that do not cooperate: what each is told, and that it holds nothing. */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createLogger } from '#server/log';
import { expectError } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { requestHead, sendRaw } from '#tests/support/rawHttp';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
const lines: string[] = [];
beforeAll(async () => {
  app = await startTestApp({
    env: { BODIES_IN_FLIGHT_MB: '12' },
    log: createLogger('info', { write: (line) => lines.push(line) }),
  });
});
afterAll(() => app.stop());

const MEGABYTE = 1024 * 1024;
const GOOD = JSON.stringify(aLogInput());

function head(path: string, headers: readonly string[], key = app.orgA.key): string {
  return requestHead(`POST ${path}`, [
    'Host: localhost',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    ...headers,
  ]);
}

/** A connection that sends this much and then stalls; it never closes its side. */
function stall(bytes: string): Promise<net.Socket> {
  return new Promise((resolve) => {
    const socket = net.connect({ port: Number(new URL(app.url).port), host: '127.0.0.1', allowHalfOpen: true }, () =>
      socket.write(bytes, () => resolve(socket)),
    );
    socket.on('error', () => {});
  });
}

/** Until the server's side ends; ours stays open. */
function readAll(socket: net.Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('end', () => resolve(text));
  });
}

const postAs = (key: string, path = '/api/v1/logs', body: unknown = aLogInput()) =>
  app.call('POST', path, { key, body });

test('bodies that are announced and do not come hold nothing, and are cut for being slow', async () => {
  const started = performance.now();
  const sockets = await Promise.all(
    Array.from({ length: 12 }, () => stall(`${head('/api/v1/logs', [`Content-Length: ${10 * MEGABYTE}`])}{`)),
  );
  for (const key of [app.orgA.key, app.orgB.key]) expect((await postAs(key)).status).toBe(201);
  const answers = await Promise.all(sockets.map(readAll));
  expect(performance.now() - started).toBeLessThan(10_000);
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request_timeout"/);
  for (const socket of sockets) socket.destroy();
}, 20_000);

test('one organization leaves room for others, by REST and by tRPC, and says when to come back', async () => {
  const half = 'x'.repeat(5 * MEGABYTE);
  const socket = await stall(`${head('/api/v1/logs', [`Content-Length: ${9 * MEGABYTE}`])}{"a":"${half}`);
  await sleep(200);
  const large = aLogInput({ response_content: 'y'.repeat(900_000) });
  const twice = [large, large, large];
  const rest = await postAs(app.orgA.key, '/api/v1/logs', { logs: [...twice, ...twice] });
  expectError(rest, 'overloaded');
  expect((await postAs(app.orgB.key)).status).toBe(201);
  socket.destroy();
  await sleep(100);
  expect((await postAs(app.orgA.key, '/api/v1/logs', { logs: twice })).status).toBe(201);
});

test('a refusal by tRPC is in its own words, with the headers of REST', async () => {
  const half = 'x'.repeat(5.5 * MEGABYTE);
  const begun = `${head('/api/v1/logs', [`Content-Length: ${9 * MEGABYTE}`])}{"a":"${half}`;
  const socket = await stall(begun);
  await sleep(200);
  const called = await postAs(app.orgA.key, '/trpc/requests.log', {
    logs: [aLogInput({ response_content: 'y'.repeat(990_000) })],
  });
  expect(called.status).toBe(503);
  expect(called.body.error.data.error.code).toBe('overloaded');
  expect(Number(called.headers.get('retry-after'))).toBeGreaterThan(0);
  socket.destroy();
  const id = called.headers.get('x-request-id') ?? '';
  // Refusals share a line a second.
  for (let turn = 0; turn < 30 && !lines.join('').includes(id); turn++) await sleep(100);
  expect(lines.join('')).toContain(id);
});

test.each(['/api/v1/logs', '/api/v1/logs?x=1', '/trpc/requests.log'])(
  'a caller of %s that waits to be asked for its body is not asked before its key is known',
  async (path) => {
    const wait = [`Content-Length: ${GOOD.length}`, 'Expect: 100-continue'];
    const socket = await stall(head(path, wait, `pl_live_${'0'.repeat(43)}`));
    const answer = await readAll(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toMatch(/\r\nWWW-Authenticate: Bearer realm="PromptLab"\r\n/i);
    socket.destroy();
  },
);

test('a caller with a key is asked for its body', async () => {
  const wait = [`Content-Length: ${GOOD.length}`, 'Expect: 100-continue'];
  const socket = await stall(head('/api/v1/logs', wait));
  const next = () =>
    new Promise<string>((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())));
  expect(await next()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write(GOOD);
  expect(await next()).toMatch(/^HTTP\/1\.1 201 /);
  socket.destroy();
});

test('another expectation is 417 in JSON', async () => {
  const answer = await sendRaw(app.url, head('/api/v1/logs', ['Content-Length: 2', 'Expect: a-miracle']));
  expectError(answer, 'expectation_failed');
});

test('commas and brackets in words are no values; too many values are 413, by REST and by tRPC', async () => {
  const words = aLogInput({ response_content: ',[{'.repeat(300_000) });
  expect((await postAs(app.orgA.key, '/api/v1/logs', words)).status).toBe(201);
  expect((await postAs(app.orgA.key, '/trpc/requests.log', { logs: [words] })).status).toBe(200);
  const values = `{"logs":[${'{},'.repeat(250_000)}{}]}`;
  const rest = await app.call('POST', '/api/v1/logs', { rawBody: values });
  expectError(rest, 'too_many_values');
  expect(rest.status).toBe(413);
  const trpc = await app.call('POST', '/trpc/requests.log', { rawBody: `{"logs":[${'[],'.repeat(300_000)}1]}` });
  expect([trpc.status, trpc.body.error.data.error.code]).toEqual([413, 'too_many_values']);
});

test('a large gzip body is taken while a small one of somebody else is on its way', async () => {
  const stalled = await stall(`${head('/api/v1/logs', ['Content-Length: 1000'], app.orgB.key)}{`);
  await sleep(100);
  try {
    const metadata = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`k${index}`, 'x'.repeat(1_000_000)]));
    const called = await app.call('POST', '/api/v1/logs', {
      key: app.orgA.key,
      headers: { 'content-encoding': 'gzip' },
      rawBody: gzipSync(JSON.stringify(aLogInput({ metadata }))),
    });
    expect(called.status).toBe(201);
  } finally {
    stalled.destroy();
  }
});

test('gzip is taken by tRPC too, and one that lies about its size is found out', async () => {
  const body = gzipSync(JSON.stringify({ logs: [aLogInput()] }));
  const headers = { 'content-encoding': 'gzip' };
  expect((await app.call('POST', '/trpc/requests.log', { rawBody: body, headers })).status).toBe(200);
  const bomb = gzipSync(Buffer.alloc(20 * MEGABYTE, ' '));
  bomb.writeUInt32LE(10, bomb.length - 4);
  expectError(await app.call('POST', '/api/v1/logs', { rawBody: bomb, headers }), 'body_too_large');
});

test('a path of tRPC that is no percent-encoding is 400', async () => {
  for (const path of ['/trpc/%', '/trpc/%zz?batch=1']) expectError(await app.call('GET', path), 'malformed_request');
});
