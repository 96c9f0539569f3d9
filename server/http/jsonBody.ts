/** From the bytes of a body to a JSON object, with a bound on everything: bytes, inflation, structure, encoding. */
import { isAscii, isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGunzip } from 'node:zlib';
import { parseExactJson } from '#shared/exactJson';
import { type JsonObject, LIMITS } from '#shared/primitives';
import { AppError } from '#server/errors';
import type { WriteAdmission } from './writeAdmission.ts';

/** `{`, `[` and `,` of one body: what makes JSON.parse slow is the number of values, not of bytes. */
const MAX_STRUCTURE = 500_000;
/** EF BB BF: some editors and PowerShell put it before JSON. */
const BYTE_ORDER_MARK = 0xefbbbf;
const MEGABYTES = LIMITS.bodyBytes / 1024 / 1024;

/**
 * Reads and parses the body of a call.
 * @throws {AppError} 400, 413 or 415, saying what is accepted; 503 where there is no room for it.
 */
export async function readJsonBody(
  req: IncomingMessage,
  res: ServerResponse,
  admission: WriteAdmission,
): Promise<JsonObject> {
  checkHeaders(req);
  admission.reserve(req, res);
  const bytes = await readBytes(req);
  // Many bodies may end in one turn; parsing is what costs.
  await admission.goOn(req, bytes.length);
  if (bytes.length === 0) throw new AppError('empty_body', 'The body is empty: send a JSON object.');
  checkStructure(bytes);
  return parseObject(decodeUtf8(bytes));
}

function checkHeaders(req: IncomingMessage): void {
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

/**
 * The bytes of a body, inflated. It is read to its end whatever is wrong with it, since a sender that is still writing
 * would not hear the answer; what is beyond the limit is let go of as it comes.
 */
function readBytes(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let problem: AppError | null = null;
    const gunzip = req.headers['content-encoding']?.toLowerCase() === 'gzip' ? createGunzip() : null;
    const giveUp = (reason: AppError) => {
      problem ??= reason;
      chunks.length = 0;
      gunzip?.destroy();
      req.unpipe();
      req.resume();
      if (req.readableEnded) reject(problem);
    };
    const take = (chunk: Buffer) => {
      if (problem) return;
      size += chunk.length;
      if (size > LIMITS.bodyBytes) giveUp(tooLarge());
      else chunks.push(chunk);
    };
    const finish = () => {
      if (problem) reject(problem);
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    };
    if (gunzip) {
      gunzip.on('data', take);
      gunzip.on('end', finish);
      gunzip.on('error', (cause) => giveUp(notGzip(cause)));
      req.on('end', () => problem && reject(problem));
      req.pipe(gunzip);
    } else {
      req.on('data', take);
      req.on('end', finish);
    }
    req.on('close', () => {
      if (!req.complete) reject(new AppError('malformed_request', 'The body ended before its announced length.'));
    });
    req.on('error', () => {}); // Its close follows.
  });
}

function tooLarge(): AppError {
  return new AppError(
    'body_too_large',
    `The body is larger than ${MEGABYTES} MB, which is the limit; send smaller batches.`,
    { headers: { Connection: 'close' } },
  );
}

function notGzip(cause: unknown): AppError {
  return new AppError('invalid_encoding', 'The body could not be decompressed: it is not valid gzip.', { cause });
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
  // What is ASCII needs no decoding, and is parsed quicker as well.
  if (isAscii(bytes)) return bytes.toString('latin1');
  // Checking and then converting is quicker than a strict TextDecoder.
  const start = bytes.length >= 3 && bytes.readUIntBE(0, 3) === BYTE_ORDER_MARK ? 3 : 0;
  return bytes.toString('utf8', start);
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = parseExactJson(text);
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
