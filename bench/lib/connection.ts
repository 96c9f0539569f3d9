/**
 * One keep-alive connection that speaks just enough HTTP/1.1 for answers with a Content-Length. `node:http` costs as
 * much CPU as the server it would measure; on two cores that would be a part of every figure.
 */
import net from 'node:net';

/** What is looked at of an answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly hasRetryAfter: boolean;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Connects with its first message, and again where the server closed it. */
export class Connection {
  readonly #port: number;
  #socket: net.Socket | null = null;
  #settle: { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void } | null = null;
  #head: Buffer = Buffer.alloc(0);
  #answer: (HttpAnswer & { closes: boolean }) | null = null;
  #bodyLeft = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** Sends one message and resolves with its answer; connects where needed. One at a time. */
  exchange(message: Buffer): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket ??= this.#connect();
      this.#socket.write(message);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #connect(): net.Socket {
    const socket = net.connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(socket, error));
    socket.on('close', () => this.#fail(socket, new Error('The server closed the connection.')));
    return socket;
  }

  #receive(chunk: Buffer): void {
    let body = chunk;
    if (this.#answer === null) {
      this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
      const end = this.#head.indexOf(HEAD_END);
      if (end === -1) return;
      const head = this.#head.toString('latin1', 0, end);
      body = this.#head.subarray(end + HEAD_END.length);
      this.#head = Buffer.alloc(0);
      this.#bodyLeft = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      this.#answer = {
        status: Number(head.slice(9, 12)),
        hasRetryAfter: /\r\nretry-after: \d/i.test(head),
        closes: /\r\nconnection: close/i.test(head),
      };
    }
    this.#bodyLeft -= body.length;
    if (this.#bodyLeft > 0) return;
    const { closes, ...answer } = this.#answer;
    this.#answer = null;
    if (closes) this.close();
    const settle = this.#settle;
    this.#settle = null;
    settle?.resolve(answer);
  }

  #fail(socket: net.Socket, error: Error): void {
    if (socket !== this.#socket) return; // We closed it ourselves.
    socket.destroy();
    this.#socket = null;
    this.#answer = null;
    this.#head = Buffer.alloc(0);
    const settle = this.#settle;
    this.#settle = null;
    settle?.reject(error);
  }
}
