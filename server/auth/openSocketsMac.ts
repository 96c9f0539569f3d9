/** macOS: what `lsof`, which is part of the system, says of the sockets that we may see. */
import { execFile } from 'node:child_process';
import { normalizeAddress } from './ipAddress.ts';
import type { Endpoint, OpenSocket, OpenSockets } from './openSockets.ts';

/** Internet sockets, numbers only, one field a line: process, parent, user, protocol, name. */
const ARGUMENTS = ['-w', '-n', '-P', '-i', '-F', 'pRuPn'];
const TIMEOUT_MS = 5_000;

/** Null where `lsof` is missing or does not answer. */
export async function readMacSockets(): Promise<OpenSockets | null> {
  const text = await new Promise<string>((resolve) => {
    // It exits with 1 where it could not see everything, which is the usual case.
    execFile('lsof', ARGUMENTS, { timeout: TIMEOUT_MS, maxBuffer: 32 * 1024 * 1024, env: { PATH } }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  return text === '' ? null : parseLsof(text);
}

/** The system's own folders alone, so that no other program of that name is asked. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Reads the output of `lsof -F pRuPn`. Pure. */
export function parseLsof(text: string): OpenSockets {
  const sockets: OpenSocket[] = [];
  const parents = new Map<number, number>();
  let pid = 0;
  let uid = -1;
  let protocol = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    switch (line.charAt(0)) {
      case 'p':
        pid = Number(value);
        break;
      case 'R':
        parents.set(pid, Number(value));
        break;
      case 'u':
        uid = Number(value);
        break;
      case 'P':
        protocol = value.toLowerCase();
        break;
      case 'n': {
        const [local, remote] = value.split('->').map(parseName);
        if (!local || (protocol !== 'tcp' && protocol !== 'udp')) break;
        sockets.push({ protocol, local, remote: remote ?? null, uid, pids: [pid] });
        break;
      }
      default: // Fields that we did not ask for, and the empty last line.
    }
  }
  return { sockets: joinHolders(sockets), parentOf: (child) => parents.get(child) ?? null };
}

/** `127.0.0.1:8000`, `[::1]:8000` or `*:8000`. */
function parseName(name: string): Endpoint | null {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+|\*)/.exec(name.trim());
  if (!match) return null;
  const address = normalizeAddress(match[1] ?? match[2] ?? '');
  return { address: address === '*' ? '0.0.0.0' : address, port: match[3] === '*' ? 0 : Number(match[3]) };
}

/** A socket that several processes hold is told once for each of them. */
function joinHolders(sockets: readonly OpenSocket[]): OpenSocket[] {
  const joined = new Map<string, OpenSocket>();
  for (const socket of sockets) {
    const { protocol, local, remote } = socket;
    const name = JSON.stringify([protocol, local, remote]);
    const known = joined.get(name);
    joined.set(name, known ? { ...known, pids: [...new Set([...known.pids, ...socket.pids])] } : socket);
  }
  return [...joined.values()];
}
