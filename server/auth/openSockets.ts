/** The internet sockets of this machine with the processes that hold them: what an admin call without a token is judged by. */
import { readLinuxSockets } from './openSocketsLinux.ts';
import { readMacSockets } from './openSocketsMac.ts';

export interface Endpoint {
  /** As `normalizeAddress` writes it. */
  readonly address: string;
  readonly port: number;
}

export interface OpenSocket {
  readonly protocol: 'tcp' | 'udp';
  readonly local: Endpoint;
  /** Null for one that listens, or is not connected. */
  readonly remote: Endpoint | null;
  /** The operating-system user that made it. */
  readonly uid: number;
  /** The processes that hold it, as far as we may see; several after a fork. */
  readonly pids: readonly number[];
}

export interface OpenSockets {
  readonly sockets: readonly OpenSocket[];
  /** Null where the process is gone or may not be seen. */
  parentOf(pid: number): number | null;
}

/** Null on a system where we do not know how to ask. */
export function readOpenSockets(): Promise<OpenSockets | null> {
  if (process.platform === 'linux') return readLinuxSockets();
  if (process.platform === 'darwin') return readMacSockets();
  return Promise.resolve(null);
}
