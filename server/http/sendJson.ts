import type { ServerResponse } from 'node:http';
import type { PieceStream } from '#server/jsonStream';
import type { AnswerBudget, Reservation } from './answerBudget.ts';
import { sendPieces } from './sendPieces.ts';

/** Sends a body as JSON. */
export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  sendJsonText(res, status, JSON.stringify(body));
}

/** Sends what is JSON already. Express would look at its type, its freshness and its charset once more. */
export function sendJsonText(res: ServerResponse, status: number, text: string | Buffer): void {
  setHead(res, status);
  res.setHeader('Content-Length', typeof text === 'string' ? Buffer.byteLength(text) : text.length);
  res.end(text);
}

/** The same for JSON that is long: its reader has to take it in time. Releases its reservation. */
export async function sendLongJson(
  res: ServerResponse,
  status: number,
  text: string | Buffer,
  reservation: Reservation,
): Promise<void> {
  try {
    const buffer = typeof text === 'string' ? Buffer.from(text) : text;
    const pieces = oneOf([buffer]);
    await sendPieces(res, pieces, { totalBytes: buffer.length, isWhole: true, begin: () => setHead(res, status) });
  } finally {
    reservation.release();
  }
}

export interface SendStreamOptions {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly budget: AnswerBudget;
  /** Default: JSON. */
  readonly contentType?: string | undefined;
  /** What is known only in the end, after the body (RFC 9110, 6.5). */
  readonly trailers?: (() => Readonly<Record<string, string>>) | undefined;
}

/**
 * Sends JSON while it is made.
 * @throws {AppError} `overloaded`, where the budget does not allow it, and whatever making it throws. Nothing was sent then,
 *   or the connection is closed.
 */
export async function sendStream(
  res: ServerResponse,
  stream: PieceStream,
  { status, headers, budget, contentType, trailers }: SendStreamOptions,
): Promise<void> {
  const reservation = budget.reserve(stream.tenant, stream.windowBytes);
  // What has no body has no end to put them behind, and HTTP/1.0 knows none.
  const hasTrailers = trailers && res.req.method !== 'HEAD' && res.req.httpVersion !== '1.0';
  try {
    await sendPieces(res, stream.pieces, {
      totalBytes: stream.totalBytes,
      isWhole: stream.isWhole,
      withinMs: stream.withinMs,
      begin() {
        for (const [header, value] of Object.entries(headers)) res.setHeader(header, value);
        setHead(res, status, contentType);
        if (hasTrailers) res.setHeader('Trailer', Object.keys(trailers()).join(', '));
      },
      end() {
        if (hasTrailers) res.addTrailers(trailers());
      },
    });
  } finally {
    reservation.release();
  }
}

function setHead(res: ServerResponse, status: number, contentType = 'application/json; charset=utf-8'): void {
  res.statusCode = status;
  res.setHeader('Content-Type', contentType);
}

async function* oneOf<Item>(item: Item): AsyncGenerator<Item> {
  yield item;
}
