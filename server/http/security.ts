import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { AppError } from '#server/errors';

/**
 * Headers of the dashboard. Nothing is loaded from elsewhere and no script runs inline, so that a text that gets
 * interpreted after all (DESIGN.md 6.7) can neither run nor call home. Mantine writes inline styles.
 */
export const pageSecurity = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
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
export function apiSecurity(_req: Request, res: Response, next: NextFunction): void {
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
  next();
}

/** @throws {AppError} for a request whose host is ambiguous: two Host headers (RFC 9112, 3.2). */
export function refuseAmbiguousHost(req: Request, _res: Response, next: NextFunction): void {
  const hosts = req.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1) throw new AppError('malformed_request', 'Send one Host header, not several.');
  next();
}
