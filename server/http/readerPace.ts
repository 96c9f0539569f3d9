/**
 * Ends connections whose peer does not read: an answer that nobody takes would be kept for ever. It holds for every answer,
 * whatever sends it.
 */
import type { Socket } from 'node:net';

/** How long nothing may be taken of what was written, in milliseconds. */
const UNREAD_MS = 10_000;

interface Progress {
  /** Bytes that the system had taken when it took some last. */
  taken: number;
  /** `performance.now()` of that, or of when there was nothing to take. */
  since: number;
}

/** All connections of a server. One timer serves them all. */
export class ReaderPace {
  readonly #unreadMs: number;
  readonly #connections = new Map<Socket, Progress>();
  #timer: NodeJS.Timeout | null = null;

  constructor({ unreadMs = UNREAD_MS }: { unreadMs?: number | undefined } = {}) {
    this.#unreadMs = unreadMs;
  }

  /** Watches a connection for as long as it lives. */
  add(socket: Socket): void {
    this.#connections.set(socket, { taken: -1, since: 0 });
    socket.once('close', () => this.#connections.delete(socket));
    this.#timer ??= setInterval(() => this.#check(), this.#unreadMs / 5).unref();
  }

  #check(): void {
    const now = performance.now();
    for (const [socket, progress] of this.#connections) {
      const taken = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || taken !== progress.taken) {
        progress.taken = taken;
        progress.since = now;
      } else if (now - progress.since >= this.#unreadMs) socket.destroy();
    }
    if (this.#connections.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
