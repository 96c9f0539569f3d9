/** The sockets: addresses, time limits, and the answer to what is not valid HTTP. */
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ErrorCode } from '#shared/error';
import { AppError } from '#server/errors';
import { newId } from '#server/ids';
import { CallOrder } from './callOrder.ts';
import { ConnectionLimit } from './connectionLimit.ts';
import { ReaderPace } from './readerPace.ts';

export interface Listener {
  readonly port: number;
  /** Stops accepting, lets calls in flight end within `graceMs`, then closes what is left. */
  close(graceMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Of all addresses that are listened on together. */
  readonly maxConnections: number;
  /** How long a peer may take nothing of an answer, in milliseconds. Default: of `ReaderPace`. */
  readonly unreadMs?: number;
}

/** What all connections share. */
interface Connections {
  readonly limit: ConnectionLimit;
  readonly order: CallOrder;
  readonly readers: ReaderPace;
}

/** Limits of one connection, in milliseconds. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  // Longer than a proxy keeps idle connections, else it meets a socket that we are just closing.
  keepAliveTimeout: 75_000,
} as const;
/** Connections that the kernel keeps for us while a turn is long; it may allow fewer. */
const BACKLOG = 5_000;
/** How long a connection that is refused may take to read why, and to close its side. */
const LINGER_MS = 1_000;
/** How long the rest of a body may take that nobody needs any more. */
const REST_MS = 5_000;

/** `localhost` is two addresses; a machine may lack the second. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = { localhost: ['127.0.0.1', '::1'] };

/** @throws {Error} naming the port when it is taken. */
export async function listen(requestListener: RequestListener, options: ListenOptions): Promise<Listener> {
  const { host, port, maxConnections, unreadMs } = options;
  const servers: http.Server[] = [];
  const connections = {
    limit: new ConnectionLimit(maxConnections),
    order: new CallOrder(),
    readers: new ReaderPace({ unreadMs }),
  };
  let boundPort = port;
  for (const address of ADDRESSES[host] ?? [host]) {
    const server = createServer(requestListener, connections);
    try {
      await bind(server, address, boundPort);
    } catch (error) {
      if (servers.length > 0 && isMissingAddress(error)) continue;
      await Promise.all(servers.map((open) => close(open, 0)));
      throw explain(error, address, boundPort);
    }
    boundPort = (server.address() as AddressInfo).port; // Bound to TCP just now.
    servers.push(server);
  }
  return {
    port: boundPort,
    async close(graceMs) {
      await Promise.all(servers.map((server) => close(server, graceMs)));
    },
  };
}

function createServer(requestListener: RequestListener, { limit, order, readers }: Connections): http.Server {
  const listener: RequestListener = (req, res) => {
    const { socket } = req;
    // What was read with the call that closed it.
    if (socket.destroyed) return;
    limit.startCall(socket);
    res.once('close', () => {
      limit.endCall(socket);
      if (!req.complete) awaitRest(req);
    });
    order.enter(req, res, () => requestListener(req, res));
  };
  // Node would answer a missing Host with an empty body; `refuseAmbiguousHost` answers it with our JSON.
  const server = http.createServer({ ...LIMITS, requireHostHeader: false }, listener);
  // Node would forget those beyond the two thousandth, which may be what a proxy added. The head has a limit.
  server.maxHeadersCount = 0;
  server.on('connection', (socket) => {
    limit.add(socket);
    readers.add(socket);
  });
  // Node would ask for a body before we know whose it is, and answer other expectations with an empty body.
  server.on('checkContinue', listener);
  server.on('checkExpectation', listener);
  server.on('clientError', answerClientError);
  return server;
}

/** A call that was answered before its body had come: the rest is read and forgotten, but not for long. */
function awaitRest(req: IncomingMessage): void {
  const timer = setTimeout(() => req.complete || req.socket.destroy(), REST_MS).unref();
  // On the request, not the socket: a connection that stays open would gather a listener with each call.
  req.once('close', () => clearTimeout(timer));
}

function bind(server: http.Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: address, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: http.Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isMissingAddress(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error));
}

function explain(error: unknown, address: string, port: number): Error {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Error(`Port ${port} is in use by another program: stop it, or set PORT to another one.`, {
        cause: error,
      });
    case 'EACCES':
      return new Error(`Port ${port} needs more rights than this user has: set PORT to 1024 or above.`, {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Error(`HOST ${address} is not an address of this machine.`, { cause: error });
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [status: string, code: ErrorCode, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'headers_too_large',
    'The headers and the URL are larger than 16 KB together.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request_timeout', 'The request did not arrive in time.'],
};

/** What Node's parser refuses never reaches the app; it gets our JSON all the same. */
function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const known = CLIENT_ERRORS[error.code ?? ''];
  const [status, code, message] = known ?? ['400 Bad Request', 'malformed_request', 'This is not valid HTTP.'];
  const request_id = `req_${newId()}`;
  const body = JSON.stringify(new AppError(code, message).toBody(request_id));
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nX-Request-Id: ${request_id}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // Its sender may never read this and never close: an answered connection must not hold anything.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
}
