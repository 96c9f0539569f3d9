/** What the main thread and a thread that reads bodies say to each other. Long bytes change their owner, and are not copied. */
import type { ErrorCode } from '#shared/error';
import type { ApiKeyId, OrgId } from '#shared/primitives';
import { ownBytes, type PackedRows, packRows, unpackRows } from '#server/db/rowTransfer';
import { AppError } from '#server/errors';
import type { CustomPrices } from '#server/pricing/customPrices';
import type { IngestBody, IngestContext } from './ingestBody.ts';

/** A body to be read. */
export interface IngestOrder {
  /** The answer has the same. */
  readonly id: number;
  readonly bytes: ArrayBuffer;
  readonly kind: IngestContext['kind'];
  readonly org_id: OrgId;
  readonly api_key_id: ApiKeyId | null;
  readonly now: Date;
  readonly prices: PricesOrder;
}

/** Prices that a thread was given before are named by their number alone. */
export interface PricesOrder {
  /** 0: none. */
  readonly number: number;
  readonly given?: CustomPrices;
  /** All that were given before are not named any more. */
  readonly forgetsOthers?: boolean;
}

/** The first word of a thread: it takes orders from now on. */
export const READY = 'ready';

export type IngestAnswer = { readonly id: number } & (
  | { readonly kind: 'body'; readonly body: PackedBody }
  | { readonly kind: 'refusal'; readonly error: PlainError }
  /** What nobody expected. */
  | { readonly kind: 'failure'; readonly error: unknown }
);

type PackedBody = { readonly parsedBytes: number } & (
  | {
      readonly kind: 'log';
      readonly log: Omit<Extract<IngestBody, { kind: 'log' }>['log'], 'row' | 'json'> & {
        readonly rows: PackedRows;
        readonly json: string | ArrayBuffer;
      };
    }
  | { readonly kind: 'refused log'; readonly error: PlainError }
  | {
      readonly kind: 'logs' | 'spans';
      readonly receipts: Extract<IngestBody, { kind: 'logs' | 'spans' }>['items']['receipts'];
      readonly rows: PackedRows;
    }
);

/** An AppError without its cause, which only a log would show. */
interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly param: string | null;
  readonly retryAfter: number | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A message, and the memory that goes with it. */
export interface Transferred<Message> {
  readonly message: Message;
  readonly memory: ArrayBuffer[];
}

/** The body must not be used any more. */
export function packBody(tenant: OrgId, body: IngestBody): Transferred<PackedBody> {
  const { parsedBytes } = body;
  switch (body.kind) {
    case 'log': {
      const { row, json, ...log } = body.log;
      const rows = packRows(tenant, [row]);
      const bytes = typeof json === 'string' ? null : ownBytes(json);
      return {
        message: { kind: body.kind, log: { ...log, rows, json: bytes ?? json.toString() }, parsedBytes },
        memory: bytes === null ? [...rows.pieces] : [...rows.pieces, bytes],
      };
    }
    case 'refused log':
      return { message: { kind: body.kind, error: toPlainError(body.error), parsedBytes }, memory: [] };
    case 'logs':
    case 'spans': {
      const rows = packRows(tenant, body.items.rows);
      return {
        message: { kind: body.kind, receipts: body.items.receipts, rows, parsedBytes },
        memory: [...rows.pieces],
      };
    }
  }
}

/** A body as the thread read it, put together again. */
export function unpackBody(packed: PackedBody): IngestBody {
  const { parsedBytes } = packed;
  switch (packed.kind) {
    case 'log': {
      const { rows, json, ...log } = packed.log;
      const [row] = unpackRows(rows);
      if (!row) throw new Error('A thread answered a log without its row.');
      const answer = typeof json === 'string' ? json : Buffer.from(json);
      return { kind: packed.kind, log: { ...log, row, json: answer }, parsedBytes };
    }
    case 'refused log':
      return { kind: packed.kind, error: toAppError(packed.error), parsedBytes };
    case 'logs':
    case 'spans':
      return {
        kind: packed.kind,
        items: { receipts: packed.receipts, rows: unpackRows(packed.rows) },
        parsedBytes,
      };
  }
}

/** An error as a message can hold it. */
export function toPlainError({ code, message, param, retryAfter, headers }: AppError): PlainError {
  return { code, message, param, retryAfter, headers };
}

/** The error that such a message held. */
export function toAppError({ code, message, param, retryAfter, headers }: PlainError): AppError {
  return new AppError(code, message, {
    headers,
    ...(param === null ? {} : { param }),
    ...(retryAfter === null ? {} : { retryAfter }),
  });
}
