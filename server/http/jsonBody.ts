/** From the bytes of a body to a JSON object, with a bound on everything: bytes, inflation, structure, encoding. */
import { isUtf8 } from 'node:buffer';
import express, { type Request, type Response } from 'express';
import { type JsonObject, LIMITS } from '#shared/primitives';
import { AppError } from '#server/errors';

/** `{`, `[` and `,` of one body: what makes JSON.parse slow is the number of values, not of bytes. */
const MAX_STRUCTURE = 500_000;
/** EF BB BF: some editors and PowerShell put it before JSON. */
const BYTE_ORDER_MARK = 0xefbbbf;
const MEGABYTES = LIMITS.bodyBytes / 1024 / 1024;

const readRaw = express.raw({ type: () => true, limit: LIMITS.bodyBytes, inflate: true });

/** Bytes of bodies that are being read or worked on, over all connections. */
export class BodyBudget {
  #used = 0;
  readonly #limit: number;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  get used(): number {
    return this.#used;
  }

  /**
   * Reserves the bytes of a body until the call has been answered.
   * @throws {AppError} `overloaded` before anything is read.
   */
  reserve(req: Request, res: Response): void {
    const bytes = expectedBytes(req);
    if (this.#used + bytes > this.#limit && this.#used > 0) {
      throw new AppError('overloaded', 'The server is reading as many bodies as it can; send this again in a moment.', {
        retryAfter: 1 + Math.floor(Math.random() * 3),
        headers: { Connection: 'close' },
      });
    }
    this.#used += bytes;
    res.once('close', () => {
      this.#used -= bytes;
    });
  }
}

/** The size announced; for what is compressed or not announced, what it may become. */
function expectedBytes(req: Request): number {
  const announced = Number(req.headers['content-length'] ?? LIMITS.bodyBytes);
  const factor = req.headers['content-encoding'] === 'gzip' ? 8 : 1;
  return Math.min(announced * factor, LIMITS.bodyBytes);
}

/**
 * Reads and parses the body of a call.
 * @throws {AppError} 400, 413 or 415, saying what is accepted.
 */
export async function readJsonBody(req: Request, res: Response, budget: BodyBudget): Promise<JsonObject> {
  checkHeaders(req);
  budget.reserve(req, res);
  const bytes = await readBytes(req, res);
  if (bytes.length === 0) throw new AppError('empty_body', 'The body is empty: send a JSON object.');
  checkStructure(bytes);
  return parseObject(decodeUtf8(bytes));
}

function checkHeaders(req: Request): void {
  const contentType = req.headers['content-type'] ?? '';
  const [media = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (media !== 'application/json' || (charset !== undefined && charset.replaceAll('"', '') !== 'utf-8')) {
    throw new AppError('unsupported_media_type', 'Send the header "Content-Type: application/json", in UTF-8.', {
      headers: { Connection: 'close' },
    });
  }
  const encoding = (req.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'identity') {
    throw new AppError('unsupported_media_type', 'The only Content-Encoding accepted is gzip.', {
      headers: { Connection: 'close' },
    });
  }
}

async function readBytes(req: Request, res: Response): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    readRaw(req, res, (error: unknown) => (error === undefined ? resolve() : reject(toBodyError(error))));
  });
  const bytes: unknown = req.body;
  // The bytes are let go of before the log waits to be stored.
  req.body = undefined;
  return Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0);
}

/** What raw-body and zlib say, in our words. */
function toBodyError(error: unknown): AppError {
  const type = error instanceof Error && 'type' in error ? error.type : null;
  switch (type) {
    case 'entity.too.large':
      return new AppError(
        'body_too_large',
        `The body is larger than ${MEGABYTES} MB, which is the limit; send smaller batches.`,
        {
          headers: { Connection: 'close' },
        },
      );
    case 'request.aborted':
    case 'request.size.invalid':
      return new AppError('malformed_request', 'The body ended before its announced length.', { cause: error });
    default:
      return new AppError('invalid_encoding', 'The body could not be decompressed: it is not valid gzip.', {
        cause: error,
      });
  }
}

function checkStructure(bytes: Buffer): void {
  if (bytes.length < MAX_STRUCTURE) return;
  let structure = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === 0x7b || byte === 0x5b || byte === 0x2c) structure++;
  }
  if (structure > MAX_STRUCTURE) {
    throw new AppError('too_many_values', `The body holds more than ${MAX_STRUCTURE} values; send smaller batches.`);
  }
}

function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new AppError('invalid_utf8', 'The body is not valid UTF-8.');
  // Checking and then converting is several times quicker than a strict TextDecoder.
  const start = bytes.length >= 3 && bytes.readUIntBE(0, 3) === BYTE_ORDER_MARK ? 3 : 0;
  return bytes.toString('utf8', start);
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1];
    throw new AppError('invalid_json', `The body is not valid JSON${position ? ` (position ${position})` : ''}.`, {
      cause: error,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid_json', 'The body must be a JSON object.');
  }
  return value as JsonObject; // It was parsed from JSON.
}
