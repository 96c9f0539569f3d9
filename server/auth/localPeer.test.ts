/** The rule over made-up machines: who may call without a token, and who only looks as if he might. */
import { judgePeer } from './localPeer.ts';
import type { Endpoint, OpenSocket, OpenSockets } from './openSockets.ts';

const SELF = { pid: 100, uid: 1_000 };
const SERVER: Endpoint = { address: '127.0.0.1', port: 8_000 };
const PEER = { local: at('127.0.0.1:50000'), remote: SERVER };

function at(text: string): Endpoint {
  const split = text.lastIndexOf(':');
  return { address: text.slice(0, split), port: Number(text.slice(split + 1)) };
}

function tcp(pid: number, local: string, remote: string | null, uid = SELF.uid): OpenSocket {
  return { protocol: 'tcp', local: at(local), remote: remote === null ? null : at(remote), uid, pids: [pid] };
}

const PARENTS: Readonly<Record<number, number>> = { 202: 201, 203: 202, 300: 1 };

function judge(sockets: readonly OpenSocket[]): string | null {
  const open: OpenSockets = { sockets, parentOf: (pid) => PARENTS[pid] ?? null };
  return judgePeer(open, PEER, SELF);
}

const listener = tcp(100, '127.0.0.1:8000', null);
const ours = tcp(100, '127.0.0.1:8000', '127.0.0.1:50000');
const client = tcp(201, '127.0.0.1:50000', '127.0.0.1:8000');

test.each<[string, readonly OpenSocket[]]>([
  ['holds nothing else', []],
  ['calls us on several connections', [tcp(201, '127.0.0.1:50001', '127.0.0.1:8000')]],
  [
    'talks with a database of the machine',
    [tcp(9, '127.0.0.1:5432', null, 26), tcp(201, '127.0.0.1:50002', '127.0.0.1:5432')],
  ],
  [
    'serves its own child, as a test does its browser',
    [
      tcp(201, '127.0.0.1:9000', null),
      tcp(201, '127.0.0.1:9000', '127.0.0.1:50003'),
      tcp(203, '127.0.0.1:50003', '127.0.0.1:9000'),
    ],
  ],
  [
    'serves this server, as a test that stands before its database does',
    [
      tcp(201, '127.0.0.1:9000', null),
      tcp(201, '127.0.0.1:9000', '127.0.0.1:50003'),
      tcp(100, '127.0.0.1:50003', '127.0.0.1:9000'),
    ],
  ],
])('a program of the same user that %s is let in', (_, more) => {
  expect(judge([listener, ours, client, ...more])).toBeNull();
});

test('the server itself is let in whatever it holds', () => {
  const itself = tcp(100, '127.0.0.1:50000', '127.0.0.1:8000');
  expect(judge([listener, ours, itself, tcp(100, '10.0.0.1:443', '10.0.0.9:5000')])).toBeNull();
});

test.each<[string, readonly OpenSocket[], RegExp]>([
  ['of another user', [tcp(201, '127.0.0.1:50000', '127.0.0.1:8000', 33)], /another user/],
  ['that is not in the tables', [], /cannot be told/],
  ['whose process is hidden', [{ ...client, pids: [] }], /cannot be told/],
  ['that listens to everybody', [client, tcp(201, '0.0.0.0:80', null)], /other machines/],
  ['that listens to everybody over IPv6', [client, tcp(201, ':::80', null)], /other machines/],
  ['that talks with another machine', [client, tcp(201, '10.0.0.1:40000', '203.0.113.9:22')], /other machines/],
  [
    'with a datagram socket to everybody',
    [client, { ...tcp(201, '0.0.0.0:4433', null), protocol: 'udp' }],
    /other machines/,
  ],
  [
    'that serves a stranger',
    [
      client,
      tcp(201, '127.0.0.1:9000', null),
      tcp(201, '127.0.0.1:9000', '127.0.0.1:50003'),
      tcp(300, '127.0.0.1:50003', '127.0.0.1:9000'),
    ],
    /serves other programs/,
  ],
  [
    'that serves one that has gone',
    [client, tcp(201, '127.0.0.1:9000', null), tcp(201, '127.0.0.1:9000', '127.0.0.1:50003')],
    /serves other programs/,
  ],
  [
    'that closed its listener',
    [client, tcp(201, '127.0.0.1:9000', '127.0.0.1:50003'), tcp(300, '127.0.0.1:50003', '127.0.0.1:9000')],
    /serves other programs/,
  ],
  [
    'whose parent listens',
    [
      client,
      tcp(200, '127.0.0.1:9000', null),
      tcp(201, '127.0.0.1:9000', '127.0.0.1:50003'),
      tcp(300, '127.0.0.1:50003', '127.0.0.1:9000'),
    ],
    /serves other programs/,
  ],
  [
    'that shares its socket with one that talks with another machine',
    [{ ...client, pids: [201, 205] }, tcp(205, '10.0.0.1:40000', '203.0.113.9:22')],
    /other machines/,
  ],
])('a program %s is refused', (_, sockets, reason) => {
  expect(judge([listener, ours, ...sockets])).toMatch(reason);
});
