/** What the operating system says of sockets, read as it is written. */
import os from 'node:os';
import { parseSocketTable } from './openSocketsLinux.ts';
import { parseLsof } from './openSocketsMac.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, remote: string, state: string, uid: number, inode: number) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;

// The tables are written in the order of the machine's own words.
(os.endianness() === 'LE' ? describe : describe.skip)('Linux', () => {
  test('addresses of both families, listeners, users', () => {
    const text =
      HEAD +
      row('0100007F:1F40', '00000000:0000', '0A', 1000, 11) +
      row('0100007F:C350', '0100007F:1F40', '01', 33, 12) +
      row('00000000000000000000000001000000:C351', '00000000000000000000000001000000:1F40', '01', 0, 13) +
      row('0000000000000000FFFF00000100007F:C352', '0000000000000000FFFF00000100007F:1F40', '01', 5, 14) +
      row('00000000000000000000000000000000:0050', '00000000000000000000000000000000:0000', '0A', 0, 15);
    expect(parseSocketTable(text, 'tcp')).toEqual([
      { protocol: 'tcp', local: { address: '127.0.0.1', port: 8000 }, remote: null, uid: 1000, inode: '11' },
      {
        protocol: 'tcp',
        local: { address: '127.0.0.1', port: 50000 },
        remote: { address: '127.0.0.1', port: 8000 },
        uid: 33,
        inode: '12',
      },
      {
        protocol: 'tcp',
        local: { address: '::1', port: 50001 },
        remote: { address: '::1', port: 8000 },
        uid: 0,
        inode: '13',
      },
      {
        protocol: 'tcp',
        local: { address: '127.0.0.1', port: 50002 },
        remote: { address: '127.0.0.1', port: 8000 },
        uid: 5,
        inode: '14',
      },
      { protocol: 'tcp', local: { address: '::', port: 80 }, remote: null, uid: 0, inode: '15' },
    ]);
  });
});

test('Linux: a socket that nobody holds any more shows user 0, and counts for nobody', () => {
  const text = HEAD + row('0100007F:C350', '0100007F:1F40', '06', 0, 0);
  expect(parseSocketTable(text, 'tcp')).toEqual([]);
});

test('macOS: the fields of lsof', () => {
  const open = parseLsof(
    `${[
      'p500', 'R1', 'u501', 'f21', 'PTCP', 'n127.0.0.1:8000', 'f22', 'PTCP', 'n[::1]:8000',
      'f23', 'PTCP', 'n127.0.0.1:8000->127.0.0.1:50000',
      'p501', 'R500', 'u501', 'f5', 'PTCP', 'n127.0.0.1:50000->127.0.0.1:8000',
      'p502', 'R501', 'u501', 'f5', 'PTCP', 'n127.0.0.1:50000->127.0.0.1:8000', 'f6', 'PUDP', 'n*:*', 'f7', 'PTCP', 'n*:80',
    ].join('\n')}\n`,
  ); // prettier-ignore
  const [v4, v6, ours, client, udp, web] = open.sockets;
  expect(v4).toEqual({
    protocol: 'tcp',
    local: { address: '127.0.0.1', port: 8000 },
    remote: null,
    uid: 501,
    pids: [500],
  });
  expect(v6?.local).toEqual({ address: '::1', port: 8000 });
  expect(ours?.remote).toEqual({ address: '127.0.0.1', port: 50000 });
  expect(client).toMatchObject({ remote: { address: '127.0.0.1', port: 8000 }, uid: 501, pids: [501, 502] });
  expect(udp).toMatchObject({ protocol: 'udp', local: { address: '0.0.0.0', port: 0 } });
  expect(web).toMatchObject({ local: { address: '0.0.0.0', port: 80 }, remote: null });
  expect([502, 501, 9].map((pid) => open.parentOf(pid))).toEqual([501, 500, null]);
});
