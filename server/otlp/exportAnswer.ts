/** What an exporter is answered, in the encoding it asked in: ExportTraceServiceResponse and its like, and google.rpc.Status. Pure. */
import type { ErrorType } from '#shared/error';
import type { AppError } from '#server/errors';
import { field, WIRE } from './wireReader.ts';

export type OtlpEncoding = 'json' | 'protobuf';
/** What is exported, as the path names it. */
export type OtlpSignal = 'traces' | 'logs' | 'metrics';

export const OTLP_MEDIA_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
};

/** How many of an export were not taken, and why; null where all of it was. */
export type ExportResult = { readonly rejected: number; readonly message: string } | null;

const REJECTED_NAMES: Readonly<Record<OtlpSignal, string>> = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
};

/** The body of a 200. Where all was taken it says nothing, as OTLP wants it. */
export function encodeResult(encoding: OtlpEncoding, signal: OtlpSignal, result: ExportResult): Buffer {
  if (encoding === 'json') {
    if (result === null) return Buffer.from('{}');
    const { rejected, message } = result;
    // 64-bit numbers are strings in the JSON of OTLP.
    const partialSuccess = { [REJECTED_NAMES[signal]]: String(rejected), errorMessage: message };
    return Buffer.from(JSON.stringify({ partialSuccess }));
  }
  if (result === null) return Buffer.alloc(0);
  return bytesField(1, Buffer.concat([varintField(1, result.rejected), bytesField(2, Buffer.from(result.message))]));
}

/** google.rpc.Code, which exporters show beside the message. */
const RPC_CODES: Readonly<Record<ErrorType, number>> = {
  invalid_request_error: 3,
  authentication_error: 16,
  permission_error: 7,
  not_found: 5,
  conflict: 6,
  rate_limit_error: 8,
  overloaded: 14,
  api_error: 13,
};

/**
 * The body of a failure: google.rpc.Status. As JSON it also has our own `error`, as every other endpoint: who reads JSON of
 * OTLP ignores members that he does not know.
 */
export function encodeFailure(encoding: OtlpEncoding, failure: AppError, request_id: string): Buffer {
  const { message, type } = failure.toDetail();
  const code = RPC_CODES[type];
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message, ...failure.toBody(request_id) }));
  return Buffer.concat([varintField(1, code), bytesField(2, Buffer.from(message))]);
}

function varintField(number: number, value: number): Buffer {
  return Buffer.concat([varint(field(number, WIRE.varint)), varint(value)]);
}

function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(field(number, WIRE.bytes)), varint(bytes.length), bytes]);
}

/** Of a number below 2^31. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  bytes.push(left);
  return Buffer.from(bytes);
}
