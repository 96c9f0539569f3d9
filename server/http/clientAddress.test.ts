/** `TRUST_PROXY` means the same here as in Express, whose documentation people know. */
import type { IncomingMessage } from 'node:http';
import express from 'express';
import { loadConfig } from '#server/config';
import { createClientAddress } from './clientAddress.ts';

const from = (peer: string, forwarded?: string) =>
  ({
    socket: { remoteAddress: peer },
    connection: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

function addresses(setting: string | undefined, req: IncomingMessage): [ours: string, express: string] {
  const { trustProxy } = loadConfig({ TRUST_PROXY: setting });
  const app = express();
  app.set('trust proxy', trustProxy);
  const expressIp =
    Object.getOwnPropertyDescriptor(app.request, 'ip') ??
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(app.request), 'ip');
  const theirs: unknown = expressIp?.get?.call(Object.assign(Object.create(app.request), req, { app }));
  return [createClientAddress(trustProxy)(req), String(theirs)];
}

test.each([
  [undefined, '10.0.0.9', '203.0.113.7', '10.0.0.9'],
  ['0', '10.0.0.9', '203.0.113.7', '10.0.0.9'],
  ['1', '10.0.0.9', undefined, '10.0.0.9'],
  ['1', '10.0.0.9', '1.1.1.1, 203.0.113.7', '203.0.113.7'],
  ['2', '10.0.0.9', '1.1.1.1, 203.0.113.7', '1.1.1.1'],
  ['loopback', '127.0.0.1', '1.1.1.1, 203.0.113.7', '203.0.113.7'],
  ['loopback', '::1', '203.0.113.7', '203.0.113.7'],
  ['loopback', '::ffff:127.0.0.1', '2001:db8::7', '2001:db8::7'],
  ['loopback', '10.0.0.9', '203.0.113.7', '10.0.0.9'],
  ['10.0.0.0/8, 192.0.2.1', '10.0.0.9', '1.1.1.1, 203.0.113.7, 192.0.2.1', '203.0.113.7'],
])('TRUST_PROXY=%s: %s that forwards for %s is %s', (setting, peer, forwarded, expected) => {
  expect(addresses(setting, from(peer, forwarded))).toEqual([expected, expected]);
});

test('a text that is no address does not become one', () => {
  const { trustProxy } = loadConfig({ TRUST_PROXY: '1' });
  for (const text of ['unknown', '<script>', '203.0.113.7:4711', '']) {
    expect(createClientAddress(trustProxy)(from('10.0.0.9', text))).toBe('10.0.0.9');
  }
});
