/**
 * A TCP proxy that can lose an answer (it lets a call through and cuts the connection in place of passing the answer on),
 * and that can fall silent: it passes nothing on any more and closes nothing, as a firewall that drops packets.
 */
import net from 'node:net';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  /** What the client has sent since the last whole answer, at most 64 kB of it. */
  readonly request: string;
  /** What the server answers now. */
  readonly answer: Buffer;
  /** The first bytes that the client sent on this connection. */
  readonly greeting: string;
}

export interface TcpProxyOptions {
  readonly targetPort: number;
  /** Whether this is an answer worth losing. */
  readonly isLost?: (exchange: Exchange) => boolean;
  /** True: the answer is whole, and what comes next belongs to another call. */
  readonly isWhole?: (answer: Buffer) => boolean;
}

/** Both ends of a connection through the proxy. */
interface Joined {
  isSilent: boolean;
}

const REMEMBERED = 65_536;

export class TcpProxy {
  readonly #options: TcpProxyOptions;
  readonly #sockets = new Set<net.Socket>();
  readonly #joined = new Set<Joined>();
  readonly #server: net.Server;
  /** How many answers were lost. */
  lost = 0;
  /** Whether connections that are made from now on are silent too. */
  isSilentToNew = false;
  #left = 0;

  constructor(options: TcpProxyOptions) {
    this.#options = options;
    this.#server = net.createServer((client) => this.#join(client));
  }

  /** Resolves with the port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port; // Bound to TCP just now.
  }

  /** The next `count` answers that qualify are lost, each with its connection. */
  loseNext(count: number): void {
    this.#left = count;
  }

  /** The connections that exist pass nothing on any more. Returns how many they are. */
  silence(): number {
    for (const joined of this.#joined) joined.isSilent = true;
    return this.#joined.size;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: net.Socket): void {
    const server = net.connect({ port: this.#options.targetPort, host: '127.0.0.1', noDelay: true });
    client.setNoDelay(true);
    let greeting = '';
    let request = '';
    const joined: Joined = { isSilent: this.isSilentToNew };
    this.#joined.add(joined);
    const cut = () => {
      this.#joined.delete(joined);
      client.destroy();
      server.destroy();
    };
    client.on('data', (chunk: Buffer) => {
      if (joined.isSilent) return;
      const text = chunk.toString('latin1');
      if (greeting === '') greeting = text;
      request = (request + text).slice(0, REMEMBERED);
      server.write(chunk);
    });
    server.on('data', (answer: Buffer) => {
      if (joined.isSilent) return;
      if (this.#left > 0 && this.#options.isLost?.({ request, answer, greeting })) {
        this.#left--;
        this.lost++;
        cut();
        return;
      }
      if (this.#options.isWhole?.(answer)) request = '';
      client.write(answer);
    });
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      // The other end does not hear of it either.
      socket.on('error', () => {
        if (!joined.isSilent) cut();
      });
      socket.on('close', () => {
        this.#sockets.delete(socket);
        if (!joined.isSilent) cut();
      });
    }
  }
}
