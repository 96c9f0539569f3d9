/** HTTP as bytes on a socket, for what a proper client refuses to send. */
import net from 'node:net';
import type { Called } from './testApp.ts';

/** How the bytes are sent. */
export interface RawOptions {
  /** Default 127.0.0.1. */
  readonly address?: string;
  /** Ends our side once all is sent. */
  readonly isHalfClosed?: boolean;
}

/** What came back. */
export interface RawAnswer extends Called {
  /** The server closed the connection after its answer (waited for up to a second). */
  readonly isClosed: boolean;
}

/** Sends `bytes` and reads one answer. */
export function sendRaw(url: string, bytes: string | Buffer, options: RawOptions = {}): Promise<RawAnswer> {
  const { address = '127.0.0.1', isHalfClosed = false } = options;
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: address, port: Number(new URL(url).port), allowHalfOpen: true });
    let received = Buffer.alloc(0);
    let patience: NodeJS.Timeout | undefined;
    const settle = (isClosed: boolean) => {
      clearTimeout(patience);
      socket.destroy();
      const answer = parse(received);
      if (answer) resolve({ ...answer, isClosed });
      else reject(new Error(`No answer, only ${JSON.stringify(received.toString())}`));
    };
    socket.on('connect', () => (isHalfClosed ? socket.end(bytes) : socket.write(bytes)));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (parse(received)) patience ??= setTimeout(() => settle(false), 1_000);
    });
    socket.on('end', () => settle(true));
    socket.on('error', (error) => (received.length > 0 ? settle(true) : reject(error)));
  });
}

/** The head of a request, with `Connection: close` so that its answer ends the connection. */
export function requestHead(line: string, headers: readonly string[]): string {
  return [`${line} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n');
}

/** Null while the answer is not complete. */
function parse(bytes: Buffer): Called | null {
  const text = bytes.toString();
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Headers();
  for (const line of lines) {
    const [name = '', value = ''] = line.split(/:\s*(.*)/s);
    headers.append(name, value);
  }
  const body = text.slice(end + 4);
  if (Buffer.byteLength(body) < Number(headers.get('content-length') ?? 0)) return null;
  const isJson = headers.get('content-type')?.startsWith('application/json') ?? false;
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    text: body,
    body: isJson && body !== '' ? JSON.parse(body) : undefined,
  };
}
