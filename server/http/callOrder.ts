/**
 * The calls of one connection, one after the other. HTTP/1.1 lets a client send call after call without waiting for the
 * answers. Node begins all of them at once, some thousand in one read of the socket, and keeps every answer until those
 * before it were taken: what one call may hold would be multiplied by a number that the caller chooses.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Calls that wait on one connection behind the one that is served. No browser and no library sends even one. */
const MOST_WAITING = 16;

/** One for all connections of a server. */
export class CallOrder {
  /** By connection that is serving a call: the calls that wait for its end. */
  readonly #waiting = new WeakMap<Socket, (() => void)[]>();

  /** Calls `serve` once the calls before it on its connection were answered; closes a connection on which too many wait. */
  enter(req: IncomingMessage, res: ServerResponse, serve: () => void): void {
    const { socket } = req;
    const begin = () => {
      res.once('close', () => this.#beginNext(socket));
      serve();
    };
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) {
      this.#waiting.set(socket, []);
      begin();
    } else if (waiting.length < MOST_WAITING) waiting.push(begin);
    else socket.destroy();
  }

  #beginNext(socket: Socket): void {
    const next = this.#waiting.get(socket)?.shift();
    if (next === undefined) this.#waiting.delete(socket);
    // Nobody is left who would hear the answer.
    else if (!socket.destroyed) next();
  }
}
