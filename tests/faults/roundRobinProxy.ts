/**
 * A small load balancer: it asks each server's `/readyz`, sends each call to the next that is ready, and never sends a
 * call twice. A call to a server that does not listen is answered 502 and so counts as failed.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const CHECK_MS = 100;

export class RoundRobinProxy {
  /** Ports of the servers, in turn. */
  readonly #ports: readonly number[];
  readonly #ready = new Set<number>();
  readonly #agent = new http.Agent({ keepAlive: true });
  readonly #server = http.createServer((req, res) => this.#forward(req, res));
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  /** Resolves with the port, once all servers are ready. */
  async listen(): Promise<number> {
    this.#timer = setInterval(() => void this.#checkAll(), CHECK_MS);
    await this.#checkAll();
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port; // Bound to TCP just now.
  }

  isReady(port: number): boolean {
    return this.#ready.has(port);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #checkAll(): Promise<void> {
    await Promise.all(
      this.#ports.map(async (port) => {
        const isReady = await fetch(`http://127.0.0.1:${port}/readyz`).then(
          (res) => res.ok,
          () => false,
        );
        if (isReady) this.#ready.add(port);
        else this.#ready.delete(port);
      }),
    );
  }

  #forward(req: http.IncomingMessage, res: http.ServerResponse): void {
    const ready = this.#ports.filter((port) => this.#ready.has(port));
    const port = ready[this.#turn++ % Math.max(ready.length, 1)];
    const fail = () => {
      if (!res.headersSent) res.writeHead(502);
      res.end();
    };
    if (port === undefined) {
      fail();
      return;
    }
    const { connection: _hop, ...headers } = req.headers;
    const upstream = http.request(
      { port, host: '127.0.0.1', method: req.method, path: req.url, headers, agent: this.#agent },
      (answer) => {
        const { connection: _ownHop, 'keep-alive': _keepAlive, ...answerHeaders } = answer.headers;
        res.writeHead(answer.statusCode ?? 502, answerHeaders);
        answer.pipe(res);
        answer.on('error', fail);
      },
    );
    upstream.on('error', fail);
    req.pipe(upstream);
  }
}
