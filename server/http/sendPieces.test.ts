import http, { type RequestListener } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { poll } from '#tests/support/poll';
import { sendPieces } from './sendPieces.ts';

const MEGABYTE = 1024 * 1024;
const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

let server: http.Server;
const sockets: net.Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  server.close();
});

async function serve(listener: RequestListener): Promise<number> {
  server = http.createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port; // Bound to TCP just now.
}

/** Sends `text` and reads nothing until it is resumed. */
function connect(port: number, text: string): net.Socket {
  const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
  socket.pause();
  socket.on('error', () => {});
  sockets.push(socket);
  return socket;
}

/** Counts what was asked for. */
async function* pieces(count: number, made: { count: number }): AsyncGenerator<readonly Uint8Array[]> {
  for (; made.count < count; made.count++) yield [Buffer.alloc(MEGABYTE, 'x')];
}

test('no more is made than the reader takes; who takes nothing is cut off, and the call ends', async () => {
  const made = { count: 0 };
  let ended = 0;
  const port = await serve((_req, res) => {
    void sendPieces(res, pieces(200, made), { totalBytes: 200 * MEGABYTE, sliceMs: 300 }).then(() => ended++);
  });
  const socket = connect(port, GET);
  await poll(async () => expect(ended).toBe(1));
  // What the buffers of the system hold, and no more.
  expect(made.count).toBeLessThan(30);
  await new Promise((resolve) => {
    socket.on('close', resolve);
    socket.resume();
  });
});

test('calls that wait on one connection behind an answer that nobody takes end with it', async () => {
  const made = { count: 0 };
  let ended = 0;
  const port = await serve((_req, res) => {
    void sendPieces(res, pieces(200, made), { totalBytes: 200 * MEGABYTE, sliceMs: 300 }).then(() => ended++);
  });
  connect(port, GET.repeat(5));
  await poll(async () => expect(ended).toBe(5));
});

test('a reader who is slow, but reads, gets all of it', async () => {
  const port = await serve((_req, res) => {
    void sendPieces(res, pieces(12, { count: 0 }), { totalBytes: 12 * MEGABYTE, sliceMs: 1_000 });
  });
  const socket = connect(port, GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  let received = 0;
  socket.on('data', (chunk) => {
    received += chunk.length;
    socket.pause();
    setTimeout(() => socket.resume(), 2);
  });
  socket.resume();
  await new Promise((resolve) => socket.on('end', resolve));
  expect(received).toBeGreaterThan(12 * MEGABYTE);
});

test('what is small says how long it is; what fails before it began is thrown, and after it closes the connection', async () => {
  const failures: unknown[] = [];
  async function* failing(after: number): AsyncGenerator<readonly Uint8Array[]> {
    for (let count = 0; count < after; count++) yield [Buffer.from('[1')];
    throw new Error('gone');
  }
  const port = await serve((req, res) => {
    const path = req.url ?? '';
    const source = path === '/small' ? pieces(2, { count: 0 }) : failing(path === '/late' ? 1 : 0);
    sendPieces(res, source, { totalBytes: 0, isWhole: path === '/small' }).catch((error: unknown) => {
      failures.push(error);
      if (!res.headersSent) res.writeHead(503).end();
    });
  });
  const small = await fetch(`http://127.0.0.1:${port}/small`);
  expect(small.headers.get('content-length')).toBe(String(2 * MEGABYTE));
  expect((await small.text()).length).toBe(2 * MEGABYTE);
  expect((await fetch(`http://127.0.0.1:${port}/early`)).status).toBe(503);
  await expect(fetch(`http://127.0.0.1:${port}/late`).then((res) => res.text())).rejects.toThrow(
    /terminated|fetch failed/,
  );
  expect(failures).toHaveLength(2);
});

test('a reader who has gone, and the time for the whole, are noticed while there is nothing to send', async () => {
  let asked = 0;
  async function* searching(): AsyncGenerator<readonly Uint8Array[]> {
    for (; ; asked++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield [];
    }
  }
  const ended: string[] = [];
  const port = await serve((req, res) => {
    void sendPieces(res, searching(), { totalBytes: 0, withinMs: req.url === '/short' ? 200 : 60_000 }).then(() =>
      ended.push(req.url ?? ''),
    );
  });
  await expect(fetch(`http://127.0.0.1:${port}/short`)).rejects.toThrow(/fetch failed/);
  expect(ended).toEqual(['/short']);
  const socket = connect(port, GET);
  await poll(async () => expect(asked).toBeGreaterThan(60));
  socket.destroy();
  await poll(async () => expect(ended).toEqual(['/short', '/']));
});
