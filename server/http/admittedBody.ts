/** The bytes of a body: admitted, read, inflated and counted, whatever they hold. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIMITS } from '#shared/primitives';
import { AppError } from '#server/errors';
import type { AdmissionControl } from './admissionControl.ts';
import type { Reservation } from './fairBudget.ts';
import { readBody } from './readBody.ts';

/**
 * Of a body that stores no logs or spans, in bytes: names, filters and prices are short, and checking many values that do
 * not fit takes time and memory for each.
 */
export const SETTINGS_BODY_BYTES = 256 * 1024;

export interface BodySource {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly admission: AdmissionControl;
  /** Whose share of the budget it takes: an organization. */
  readonly owner: string;
  /** Compressed and inflated. Default: LIMITS.bodyBytes. */
  readonly mostBytes?: number;
  /** What is waited for before the body is parsed, so that nothing that was parsed waits for it. */
  readonly prepare?: (() => Promise<unknown>) | undefined;
}

export interface AdmittedBody {
  readonly bytes: Buffer;
  /** What its bytes hold of the budget; whoever has finished with them releases it. */
  readonly reservation: Reservation;
}

/**
 * Reads a body and waits for the time to parse it.
 * @throws {AppError} 400, 408, 413 or 415, saying what is accepted; 503 where the budget does not allow it.
 */
export async function readAdmittedBody(source: BodySource): Promise<AdmittedBody> {
  const { req, res, admission, owner, mostBytes = LIMITS.bodyBytes } = source;
  checkContentEncoding(req);
  const reservation = admission.open(owner);
  try {
    const bytes = await readBody(req, res, { ...admission.reading, owner, reservation, mostBytes });
    if (source.prepare) await source.prepare();
    // Many bodies may end in one turn; parsing is what costs.
    const going = admission.resume(req, owner, bytes.length);
    if (going) await going;
    return { bytes, reservation };
  } catch (error) {
    reservation.release();
    throw error;
  }
}

function checkContentEncoding(req: IncomingMessage): void {
  const encoding = (req.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'gzip' || encoding === 'identity') return;
  throw new AppError('unsupported_media_type', 'The only Content-Encoding accepted is gzip.', {
    headers: { Connection: 'close' },
  });
}
