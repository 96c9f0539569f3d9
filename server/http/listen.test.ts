/** Connections of callers that do not cooperate: who is cut, and who gets in all the same. */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, type Listener } from './listen.ts';

const MOST = 20;
let listener: Listener;
let answer = () => {};
/** Paths, in the order in which their calls were begun. */
const begun: string[] = [];
const MEGABYTE = 1024 * 1024;

beforeAll(async () => {
  listener = await listen(
    (req, res) => {
      begun.push(req.url ?? '');
      if (req.url === '/slow') answer = () => res.end('late');
      else if (req.url === '/large') res.end(Buffer.alloc(32 * MEGABYTE));
      else res.end('ok');
    },
    { host: '127.0.0.1', port: 0, maxConnections: MOST, unreadMs: 500 },
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

test('calls that are sent without waiting are begun one after the other, and answered in order', async () => {
  begun.length = 0;
  const caller = await open(GET('/slow') + GET('/second') + GET('/third'));
  await sleep(50);
  expect(begun).toEqual(['/slow']);
  answer();
  for (let turn = 0; turn < 40 && !/(200[\s\S]*){3}/.test(caller.text()); turn++) await sleep(25);
  expect(begun).toEqual(['/slow', '/second', '/third']);
  expect(caller.text()).toMatch(/late[\s\S]*ok[\s\S]*ok$/);
  caller.socket.destroy();
});

test('a thousand calls in one write are not begun, and their connection is closed', async () => {
  begun.length = 0;
  const caller = await open(GET('/slow') + GET('/more').repeat(1_000));
  for (let turn = 0; turn < 40 && !caller.isEnded(); turn++) await sleep(25);
  expect(caller.isEnded()).toBe(true);
  answer();
  await sleep(50);
  expect(begun).toEqual(['/slow']);
});

test('a peer that takes nothing of its answer is closed; one that takes it slowly is not', async () => {
  const [mute, slow] = await Promise.all([open(GET('/large')), open(GET('/large'))]);
  mute.socket.pause();
  slow.socket.on('data', () => {
    slow.socket.pause();
    setTimeout(() => slow.socket.resume(), 10);
  });
  const isClosed = new Promise((resolve) => slow.socket.once('close', () => resolve('closed')));
  // What it had not taken is not sent any more.
  await sleep(1_500);
  let received = 0;
  mute.socket.on('data', (chunk: Buffer) => (received += chunk.length)).on('error', () => {});
  mute.socket.resume();
  for (let turn = 0; turn < 80 && !mute.isEnded(); turn++) await sleep(25);
  expect(mute.isEnded()).toBe(true);
  expect(received).toBeLessThan(32 * MEGABYTE);
  await expect(Promise.race([isClosed, sleep(100)])).resolves.toBeUndefined();
  slow.socket.destroy();
});
