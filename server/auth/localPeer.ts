/**
 * Whether the program at the other end of a loopback connection is one that this operating-system user runs for
 * itself. That it comes from 127.0.0.1 does not say so: so does all that a proxy, a port forwarder or another user of
 * the machine sends.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLoopbackAddress, normalizeAddress } from './ipAddress.ts';
import { type Endpoint, type OpenSocket, type OpenSockets, readOpenSockets } from './openSockets.ts';

/** The caller's side of a connection to us. */
export interface PeerConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/** The server's own process. */
export interface Self {
  readonly pid: number;
  readonly uid: number;
}

const UNKNOWN = 'the program that makes the call cannot be told';

/** After a scan for a call that was refused, as a multiple of its time: whoever is refused could ask for any number. */
const PAUSE_RATIO = 4;
const MAX_PAUSE_MS = 2_000;

interface Scan {
  /** Null where it could not be done. */
  readonly open: OpenSockets | null;
  readonly tookMs: number;
}

/** Asks the operating system who holds the other end. */
export class LocalPeerCheck {
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<Scan> | null = null;
  #pausedUntil = 0;

  /** @returns null for a program of the user's own, else the reason why it is not known to be one. */
  async whyNotOwnProgram(socket: Socket): Promise<string | null> {
    const uid = process.geteuid?.();
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    if (uid === undefined || !localAddress || !localPort || !remoteAddress || !remotePort) return UNKNOWN;
    const { open, tookMs } = await this.#scan();
    const peer: PeerConnection = {
      local: { address: normalizeAddress(remoteAddress), port: remotePort },
      remote: { address: normalizeAddress(localAddress), port: localPort },
    };
    const reason = open === null ? UNKNOWN : judgePeer(open, peer, { pid: process.pid, uid });
    if (reason !== null) this.#pausedUntil = performance.now() + Math.min(MAX_PAUSE_MS, tookMs * PAUSE_RATIO);
    return reason;
  }

  /** A scan that begins after the call did. All who ask while one runs, or in a pause, share the next. */
  #scan(): Promise<Scan> {
    this.#next ??= this.#running
      .then(() => sleep(Math.max(0, this.#pausedUntil - performance.now()), undefined, { ref: false }))
      .then(() => {
        this.#next = null;
        const current = scanSockets();
        this.#running = current;
        return current;
      });
    return this.#next;
  }
}

async function scanSockets(): Promise<Scan> {
  const startedAt = performance.now();
  const open = await readOpenSockets().catch(() => null);
  return { open, tookMs: performance.now() - startedAt };
}

/**
 * The rule, over the sockets of the machine. A forwarder serves somebody while it calls us, and so it holds a socket
 * that leaves the machine, or one that it accepted from a program that is neither itself nor its child. Pure.
 */
export function judgePeer(open: OpenSockets, peer: PeerConnection, self: Self): string | null {
  const end = open.sockets.find((socket) => isEnd(socket, peer));
  if (!end) return UNKNOWN;
  if (end.uid !== self.uid) {
    return 'the call comes from another user of this machine than the one that the server runs as, such as a proxy';
  }
  if (end.pids.length === 0) return UNKNOWN;
  const listeningPorts = new Set(
    open.sockets.filter((socket) => socket.protocol === 'tcp' && socket.remote === null).map(({ local }) => local.port),
  );
  for (const pid of end.pids) {
    if (pid === self.pid) continue;
    const held = open.sockets.filter((socket) => socket.pids.includes(pid));
    if (held.some((socket) => !staysOnMachine(socket))) {
      return 'the program that makes the call also talks with other machines, as a proxy or a port forwarder does';
    }
    // What it did not open itself. A forwarder for one connection closes its listener: then no end names the direction.
    const accepted = held.filter(
      ({ local, remote }) => remote !== null && (listeningPorts.has(local.port) || !listeningPorts.has(remote.port)),
    );
    if (accepted.some((socket) => !servesOnlyItself(open, socket, pid, self))) {
      return 'the program that makes the call serves other programs, as a proxy or a port forwarder does';
    }
  }
  return null;
}

function isEnd({ protocol, local, remote }: OpenSocket, peer: PeerConnection): boolean {
  return protocol === 'tcp' && isSame(local, peer.local) && remote !== null && isSame(remote, peer.remote);
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address;
}

function staysOnMachine({ local, remote }: OpenSocket): boolean {
  return isLoopbackAddress(local.address) && (remote === null || isLoopbackAddress(remote.address));
}

/** True where the other end of what `pid` accepted is itself, a child of it (a test and its browser), or this server. */
function servesOnlyItself(open: OpenSockets, accepted: OpenSocket, pid: number, self: Self): boolean {
  const { local, remote } = accepted;
  if (remote === null) return true;
  const client = open.sockets.find((socket) => isEnd(socket, { local: remote, remote: local }));
  if (!client || client.pids.length === 0) return false;
  return client.pids.every((holder) => holder === self.pid || isWithin(open, holder, pid));
}

/** Whether `pid` is `ancestor` or descends from it. */
function isWithin(open: OpenSockets, pid: number, ancestor: number): boolean {
  let current: number | null = pid;
  for (let depth = 0; current !== null && depth < 64; depth++) {
    if (current === ancestor) return true;
    current = open.parentOf(current);
  }
  return false;
}
