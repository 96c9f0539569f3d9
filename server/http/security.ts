import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';
import { AppError } from '#server/errors';

/**
 * Headers of the dashboard. Nothing is loaded from elsewhere and no script runs inline, so that a text that gets
 * interpreted after all can neither run nor send anything to another host. Mantine writes inline styles.
 */
export const pageSecurity = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      // Sounds that a message holds.
      mediaSrc: ['data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' },
  // We serve plain http on loopback by default; whoever terminates TLS sets it.
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
});

/** Headers of API answers: never cached, never sniffed, never framed. */
export function setApiHeaders(res: ServerResponse): void {
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
}

/** @throws {AppError} for a request whose host is ambiguous or missing (RFC 9112, 3.2 and 3.2.2). */
export function refuseAmbiguousHost(req: IncomingMessage): void {
  const target = req.url ?? '';
  let hosts = 0;
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  if (hosts > 1) throw new AppError('malformed_request', 'Send one Host header, not several.');
  if (hosts === 0 && req.httpVersion === '1.1') throw new AppError('malformed_request', 'Send a Host header.');
  if (!target.startsWith('/') && hostOfTarget(target) !== req.headers.host?.toLowerCase()) {
    throw new AppError('malformed_request', 'The request target must name the same host as the Host header.');
  }
}

/** The host of `GET http://host/path`. Such a target outranks the Host header, by which admin calls are judged. */
function hostOfTarget(target: string): string | null {
  return /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target)?.[1]?.toLowerCase() ?? null;
}
