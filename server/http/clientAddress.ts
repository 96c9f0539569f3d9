import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from 'proxy-addr';
import type { Config } from '#server/config';

/** The address of whoever made a call. */
export type ClientAddress = (req: IncomingMessage) => string;

/**
 * The address of a call's sender, as `TRUST_PROXY` says: of the socket, or of `X-Forwarded-For` as far as proxies that
 * are trusted wrote it. The same as Express's `req.ip`, for calls that do not pass Express.
 */
export function createClientAddress(trustProxy: Config['trustProxy']): ClientAddress {
  if (trustProxy === false) return (req) => req.socket.remoteAddress ?? '';
  const trust =
    typeof trustProxy === 'number'
      ? (_address: string, hop: number) => hop < trustProxy
      : proxyAddr.compile(trustProxy.split(',').map((part) => part.trim()));
  return (req) => {
    const address = proxyAddr(req, trust);
    // A header may hold any text; then the connection is all that is known.
    return isIP(address) === 0 ? (req.socket.remoteAddress ?? '') : address;
  };
}
