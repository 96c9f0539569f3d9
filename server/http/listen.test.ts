/** Connections of callers that do not cooperate: who is cut, and who gets in all the same. */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, type Listener } from './listen.ts';

const MOST = 20;
let listener: Listener;
let answer = () => {};

beforeAll(async () => {
  listener = await listen(
    (req, res) => {
      if (req.url === '/slow') answer = () => res.end('late');
      else res.end('ok');
    },
    { host: '127.0.0.1', port: 0, maxConnections: MOST },
  );
});
afterAll(() => listener.close(0));

interface Opened {
  readonly socket: net.Socket;
  readonly text: () => string;
  readonly isEnded: () => boolean;
}

/** A socket that sends this and never closes its side. */
function open(bytes: string, localAddress = '127.0.0.1'): Promise<Opened> {
  return new Promise((resolve, reject) => {
    let text = '';
    let isEnded = false;
    const socket = net.connect({ port: listener.port, host: '127.0.0.1', localAddress, allowHalfOpen: true }, () => {
      socket.write(bytes);
      resolve({ socket, text: () => text, isEnded: () => isEnded });
    });
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('end', () => (isEnded = true));
    socket.on('close', () => (isEnded = true));
    socket.on('error', (error) => {
      isEnded = true;
      reject(error);
    });
  });
}

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const HALF = 'GET / HTTP/1.1\r\nHost: a\r\nX';

test('slow and silent connections give way to newcomers, one that is served does not', async () => {
  const busy = await open(GET('/slow'));
  const idle = await open(GET('/'), '127.0.0.2');
  await sleep(50);
  const crowd = await Promise.all(Array.from({ length: MOST * 2 }, (_, place) => open(place % 2 ? HALF : '')));
  for (let call = 0; call < 5; call++) {
    const newcomer = await open(GET('/'), '127.0.0.3');
    for (let turn = 0; turn < 40 && newcomer.text() === ''; turn++) await sleep(25);
    expect(newcomer.text()).toMatch(/^HTTP\/1\.1 200 /);
    newcomer.socket.destroy();
  }
  // The address that holds the most pays, and not a quiet one.
  idle.socket.write(GET('/'));
  answer();
  await sleep(100);
  expect(idle.text().match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
  expect(busy.text()).toContain('late');
  expect(crowd.filter(({ isEnded }) => isEnded()).length).toBeGreaterThan(MOST);
  for (const { socket } of [busy, idle, ...crowd]) socket.destroy();
});

test('who was answered 400 and does not close is closed', async () => {
  const broken = await open('garbage\r\n\r\n');
  for (let turn = 0; turn < 40 && !broken.isEnded(); turn++) await sleep(25);
  expect(broken.text()).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"malformed_request"/);
  // Ours is still open; after a second nobody holds the other end, and what we write is refused.
  await sleep(1_200);
  const isReset = new Promise((resolve) => broken.socket.once('error', () => resolve(true)));
  broken.socket.write('x');
  await sleep(50);
  if (!broken.socket.destroyed) broken.socket.write('x');
  await expect(isReset).resolves.toBe(true);
});
