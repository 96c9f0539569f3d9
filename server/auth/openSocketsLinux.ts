/** Linux: the kernel's socket tables below /proc, and the descriptors of the processes that we may look into. */
import fs from 'node:fs';
import os from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { normalizeAddress } from './ipAddress.ts';
import type { Endpoint, OpenSocket, OpenSockets } from './openSockets.ts';

const TABLES = [
  ['tcp', '/proc/net/tcp'],
  ['tcp', '/proc/net/tcp6'],
  ['udp', '/proc/net/udp'],
  ['udp', '/proc/net/udp6'],
] as const;

interface SocketRow extends Omit<OpenSocket, 'pids'> {
  readonly inode: string;
}

/** Null where /proc is not there. */
export async function readLinuxSockets(): Promise<OpenSockets | null> {
  const rows = TABLES.flatMap(([protocol, file]) => parseSocketTable(readOrEmpty(file), protocol));
  if (rows.length === 0) return null;
  const holders = await findHolders(new Set(rows.map((row) => row.inode)));
  return {
    sockets: rows.map(({ inode, ...row }) => ({ ...row, pids: holders.get(inode) ?? [] })),
    parentOf,
  };
}

/**
 * The rows of one table. Those without an inode belong to no process any more, and show user 0 whoever made them: they
 * are left out, else a closed socket of anybody would pass for one of root.
 */
export function parseSocketTable(text: string, protocol: OpenSocket['protocol']): SocketRow[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, remote, , , , , uid, , inode] = line.trim().split(/\s+/);
      if (!local || !remote || !uid || !inode || inode === '0') return [];
      const far = parseEndpoint(remote);
      return [{ protocol, local: parseEndpoint(local), remote: far.port === 0 ? null : far, uid: Number(uid), inode }];
    });
}

/** `0100007F:4C2C`: words of 32 bits in the order of this machine, and a port. */
function parseEndpoint(text: string): Endpoint {
  const [hex = '', port = ''] = text.split(':');
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => {
    const inOrder = [...Buffer.from(word, 'hex')];
    return os.endianness() === 'LE' ? inOrder.toReversed() : inOrder;
  });
  return { address: formatAddress(bytes), port: Number.parseInt(port, 16) };
}

function formatAddress(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (isMapped) return normalizeAddress(`::ffff:${bytes.slice(12).join('.')}`);
  if (bytes.slice(0, 15).every((byte) => byte === 0)) return bytes[15] === 0 ? '::' : `::${bytes[15]?.toString(16)}`;
  return Buffer.from(bytes).toString('hex').match(/.{4}/g)?.join(':') ?? '';
}

/** Which processes hold which sockets. One process a turn of the event loop: a machine may have thousands. */
async function findHolders(inodes: ReadonlySet<string>): Promise<Map<string, number[]>> {
  const holders = new Map<string, number[]>();
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    for (const inode of socketsOf(name)) {
      if (!inodes.has(inode)) continue;
      const pids = holders.get(inode) ?? [];
      if (!pids.includes(Number(name))) pids.push(Number(name));
      holders.set(inode, pids);
    }
    await nextTurn();
  }
  return holders;
}

/** Empty for a process of another user, or one that hides itself (as `sshd` and `ssh-agent` do). */
function socketsOf(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  let descriptors: string[];
  try {
    descriptors = fs.readdirSync(folder);
  } catch {
    return [];
  }
  return descriptors.flatMap((descriptor) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`${folder}/${descriptor}`))?.[1] ?? [];
    } catch {
      return []; // Closed since.
    }
  });
}

function parentOf(pid: number): number | null {
  // The name of the program stands in parentheses, and may hold some of its own.
  const fields = readOrEmpty(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  const parent = Number(fields[1]);
  return Number.isInteger(parent) && parent > 0 ? parent : null;
}

function readOrEmpty(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
