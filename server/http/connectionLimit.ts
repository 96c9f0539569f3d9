/** How many connections there may be, and which is closed when one more comes. */
import type { Socket } from 'node:net';

/** What one address has open. A set keeps its order: who has waited longest comes first. */
interface Peer {
  readonly address: string;
  count: number;
  /** Connections that have not sent the head of a first request yet. */
  readonly silent: Set<Connection>;
  /** Connections between two requests. */
  readonly idle: Set<Connection>;
  /** Connections with a request that is being received or answered. */
  readonly busy: Set<Connection>;
}

interface Connection {
  readonly socket: Socket;
  readonly peer: Peer;
  calls: number;
}

/**
 * All connections of a server. Below the limit an address may hold any number, so that a proxy or a load test is served
 * from one address. At the limit, the address that holds the most gives one up for the new connection: the one that has
 * waited longest without a request. So neither slow nor silent connections, however many, keep others out.
 */
export class ConnectionLimit {
  readonly #most: number;
  readonly #peers = new Map<string, Peer>();
  readonly #connections = new WeakMap<Socket, Connection>();
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  /** Counts a new connection; closes another one, or this one, where there are too many. */
  add(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    if (this.#count >= this.#most && !this.#makeRoom(address)) {
      socket.destroy();
      return;
    }
    const peer = this.#peerAt(address);
    const connection: Connection = { socket, peer, calls: 0 };
    this.#connections.set(socket, connection);
    peer.silent.add(connection);
    peer.count++;
    this.#count++;
    socket.once('close', () => this.#remove(connection));
  }

  /** The head of a request has come. */
  startCall(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (!connection || connection.calls++ > 0) return;
    connection.peer.silent.delete(connection);
    connection.peer.idle.delete(connection);
    connection.peer.busy.add(connection);
  }

  /** A request has been answered, or given up. */
  endCall(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (!connection || --connection.calls > 0 || !connection.peer.busy.delete(connection)) return;
    connection.peer.idle.add(connection);
  }

  /** False where the address of the new connection holds the most, and all of its connections are busy. */
  #makeRoom(address: string): boolean {
    let largest: Peer | undefined;
    for (const peer of this.#peers.values()) if (peer.count > (largest?.count ?? 0)) largest = peer;
    if (!largest) return false;
    const isGreedy = largest.address !== address && largest.count > this.#most / 2;
    const leaving = firstOf(largest.silent) ?? firstOf(largest.idle) ?? (isGreedy ? firstOf(largest.busy) : undefined);
    const found = leaving ?? this.#findIdle();
    if (!found) return false;
    this.#remove(found);
    found.socket.resetAndDestroy();
    return true;
  }

  /** Any that waits, where the largest address has none that does. */
  #findIdle(): Connection | undefined {
    for (const peer of this.#peers.values()) {
      const connection = firstOf(peer.silent) ?? firstOf(peer.idle);
      if (connection) return connection;
    }
    return undefined;
  }

  #peerAt(address: string): Peer {
    const known = this.#peers.get(address);
    if (known) return known;
    const peer: Peer = { address, count: 0, silent: new Set(), idle: new Set(), busy: new Set() };
    this.#peers.set(address, peer);
    return peer;
  }

  #remove(connection: Connection): void {
    const { peer, socket } = connection;
    if (!this.#connections.delete(socket)) return;
    peer.silent.delete(connection);
    peer.idle.delete(connection);
    peer.busy.delete(connection);
    this.#count--;
    if (--peer.count === 0) this.#peers.delete(peer.address);
  }
}

function firstOf(connections: ReadonlySet<Connection>): Connection | undefined {
  for (const connection of connections) return connection;
  return undefined;
}
