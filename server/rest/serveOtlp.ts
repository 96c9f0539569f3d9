/** One export by OTLP/HTTP: the steps of every call with a body, in the encoding that the exporter chose. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '#shared/endpoints';
import { type Caller, requireScope } from '#server/auth/authenticate';
import { readOtlpToken } from '#server/auth/otlpToken';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { readAdmittedBody } from '#server/http/admittedBody';
import type { SendFailure } from '#server/http/errorHandler';
import {
  encodeFailure,
  encodeResult,
  type ExportResult,
  OTLP_MEDIA_TYPES,
  type OtlpEncoding,
  type OtlpSignal,
} from '#server/otlp/exportAnswer';
import { decodeJsonRecords, decodeJsonSpans } from '#server/otlp/json';
import { decodeProtobufRecords, decodeProtobufSpans } from '#server/otlp/protobuf';
import { dropMetrics, receiveLogRecords, receiveSpans } from '#server/otlp/receive';
import type { RestCall, RestContext } from './serveEndpoint.ts';

/** Bytes of memory for each byte of an export: the texts of the part that is worked on, and its rows. */
const DECODED_FACTOR = 2;

/** @throws {AppError} what the exporter is to be told; `sendOtlpFailure` sends it. */
export async function serveOtlp(
  { deps, admission }: RestContext,
  row: Endpoint & { readonly otlp: OtlpSignal },
  { req, res }: RestCall,
): Promise<void> {
  const entering = admission.admit(req);
  if (entering) await entering;
  deps.readiness.requireStarted();
  const caller = await deps.authenticator.authenticate(req, readOtlpToken(req));
  if (row.auth === 'ingest') requireScope(caller, row.auth);
  const encoding = encodingOf(req);
  if (encoding === null) throw unsupported();
  const source = { req, res, admission, owner: caller.scope.org_id, mostBytes: deps.config.otlpBodyBytes };
  const { bytes, reservation } = await readAdmittedBody(source);
  let result: ExportResult;
  try {
    reservation.addSome(DECODED_FACTOR * bytes.length);
    result = await receivers[row.otlp][encoding](deps, caller, bytes);
  } finally {
    reservation.release();
  }
  const body = encodeResult(encoding, row.otlp, result);
  res.writeHead(200, { 'Content-Type': contentTypeOf(encoding), 'Content-Length': body.length });
  res.end(body);
}

/** The form in which an exporter is told what went wrong: google.rpc.Status. */
export function sendOtlpFailure(req: IncomingMessage): SendFailure {
  const encoding = encodingOf(req) ?? 'json';
  return (res: ServerResponse, failure, request_id) => {
    const body = encodeFailure(encoding, failure, request_id);
    res.writeHead(failure.status, { 'Content-Type': contentTypeOf(encoding), 'Content-Length': body.length });
    res.end(body);
  };
}

/** What is done with the bytes of an export. */
type Receive = (deps: Deps, caller: Caller, bytes: Buffer) => Promise<ExportResult>;

const receivers: Readonly<Record<OtlpSignal, Readonly<Record<OtlpEncoding, Receive>>>> = {
  traces: {
    json: (deps, caller, bytes) => receiveSpans(deps, caller, decodeJsonSpans(bytes), bytes.length),
    protobuf: (deps, caller, bytes) => receiveSpans(deps, caller, decodeProtobufSpans(bytes), bytes.length),
  },
  logs: {
    json: (deps, caller, bytes) => receiveLogRecords(deps, caller, decodeJsonRecords(bytes), bytes.length),
    protobuf: (deps, caller, bytes) => receiveLogRecords(deps, caller, decodeProtobufRecords(bytes), bytes.length),
  },
  metrics: {
    json: async (deps, caller) => dropMetrics(deps, caller),
    protobuf: async (deps, caller) => dropMetrics(deps, caller),
  },
};

/** By the media type alone: parameters such as a charset say nothing that counts. Null for any other. */
function encodingOf(req: IncomingMessage): OtlpEncoding | null {
  const [media = ''] = (req.headers['content-type'] ?? '').split(';');
  switch (media.trim().toLowerCase()) {
    case OTLP_MEDIA_TYPES.protobuf:
      return 'protobuf';
    case OTLP_MEDIA_TYPES.json:
      return 'json';
    default:
      return null;
  }
}

function contentTypeOf(encoding: OtlpEncoding): string {
  return encoding === 'json' ? 'application/json; charset=utf-8' : OTLP_MEDIA_TYPES.protobuf;
}

function unsupported(): AppError {
  const accepted = Object.values(OTLP_MEDIA_TYPES).join('" or "');
  return new AppError('unsupported_media_type', `Send the header "Content-Type" with "${accepted}".`, {
    headers: { Connection: 'close' },
  });
}
