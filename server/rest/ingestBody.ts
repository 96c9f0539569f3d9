/**
 * From the bytes of a body of logs or spans to the rows that are stored: decode → parse → validate → clean → price → encode.
 * Nothing here waits or reads a socket: the main thread does it, or one of `IngestWorkers`, and both answer the same.
 */
import type { z } from 'zod';
import type { ApiKeyId, JsonObject } from '#shared/primitives';
import { LogBatchInput } from '#shared/request';
import { SpanBatchInput } from '#shared/trace';
import type { OrgScope } from '#server/auth/orgScope';
import { AppError, fromZodError } from '#server/errors';
import { decodeJson } from '#server/http/decodeJson';
import { JsonSource } from '#server/http/jsonSource';
import { parseObject } from '#server/http/parseObject';
import { newId } from '#server/ids';
import { readSpans } from '#server/ingest/readSpans';
import type { ReadItems } from '#server/ingest/batchItems';
import { type PricedSender, readLog, type ReadLog, readLogs } from '#server/ingest/readLogs';
import type { CustomPrices } from '#server/pricing/customPrices';

/** Whose body it is, and what its rows hold besides what it says. */
export interface IngestContext {
  readonly kind: 'logs' | 'spans';
  readonly scope: OrgScope;
  readonly api_key_id: ApiKeyId | null;
  /** The prices of the organization; not used for spans. */
  readonly prices: CustomPrices;
  /** When it came. */
  readonly now: Date;
}

/** What a body holds. */
export type IngestContent =
  | { readonly kind: 'log'; readonly log: ReadLog }
  /** The one log that it is cannot be stored. */
  | { readonly kind: 'refused log'; readonly error: AppError }
  | { readonly kind: 'logs' | 'spans'; readonly items: ReadItems };

export type IngestBody = IngestContent & {
  /** Bytes of memory that it took when it was parsed. */
  readonly parsedBytes: number;
};

/** @throws {AppError} where it is no body of logs or spans. */
export function readIngestBody(bytes: Buffer, context: IngestContext): IngestBody {
  const { text, scan, parsedBytes } = decodeJson(bytes);
  const body = parseObject(text, scan.mayBeInexact);
  return { ...readContent(body, () => new JsonSource(bytes, body, scan), context), parsedBytes };
}

function readContent(body: JsonObject, sourceOf: () => JsonSource, context: IngestContext): IngestContent {
  const { kind, now } = context;
  const arriving = { clock: () => now, newId };
  const sender: PricedSender = context;
  if (kind === 'spans') return { kind, items: readSpans(arriving, sender, parseEnvelope(SpanBatchInput, body).spans) };
  if (Object.hasOwn(body, 'logs')) {
    return { kind, items: readLogs(arriving, sender, parseEnvelope(LogBatchInput, body).logs, sourceOf()) };
  }
  try {
    return { kind: 'log', log: readLog(arriving, sender, body, sourceOf()) };
  } catch (error) {
    if (error instanceof AppError) return { kind: 'refused log', error };
    throw error;
  }
}

/** The batch around the items; the items themselves are parsed one by one. */
function parseEnvelope<Schema extends z.ZodType>(schema: Schema, body: JsonObject): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw fromZodError(parsed.error, 'The batch');
}
