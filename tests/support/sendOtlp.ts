/** Sends exports as an exporter does, and reads their answers, in each encoding. */
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '#shared/primitives';
import { readExportResponse, readStatus, toProtobuf } from './otlpProtobuf.ts';
import type { TestApp } from './testApp.ts';

/** Every encoding that an exporter can choose. */
export const FORMS = ['json', 'protobuf', 'json gzip', 'protobuf gzip'] as const;
export type Form = (typeof FORMS)[number];

/** How an export is sent. */
export interface SendOptions {
  /** Default: `json`. */
  readonly form?: Form;
  /** The whole header. Default: `Bearer` with the key of organization A; null: none. */
  readonly authorization?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer to an export, decoded. */
export interface OtlpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** What a 200 says of parts that were not taken: how many, and why. Null where all were. */
  readonly partial: { readonly rejected: string; readonly message: string } | null;
  /** What google.rpc.Status says in any other answer. */
  readonly failure: { readonly code: number; readonly message: string } | null;
}

/** Sends an export that is given as JSON. */
export function sendExport(
  app: TestApp,
  path: string,
  body: JsonObject,
  options: SendOptions = {},
): Promise<OtlpAnswer> {
  const isProtobuf = options.form?.startsWith('protobuf') ?? false;
  return sendBytes(app, path, isProtobuf ? toProtobuf(body) : Buffer.from(JSON.stringify(body)), options);
}

/** Sends bytes as they are, or compressed. */
export async function sendBytes(
  app: TestApp,
  path: string,
  bytes: Buffer,
  { form = 'json', authorization = `Bearer ${app.orgA.key}`, headers = {} }: SendOptions = {},
): Promise<OtlpAnswer> {
  const sent = form.endsWith('gzip') ? gzipSync(bytes) : bytes;
  const res = await fetch(app.url + path, {
    method: 'POST',
    headers: {
      'Content-Type': form.startsWith('protobuf') ? 'application/x-protobuf' : 'application/json',
      ...(form.endsWith('gzip') ? { 'Content-Encoding': 'gzip' } : {}),
      ...(authorization === null ? {} : { Authorization: authorization }),
      ...headers,
    },
    body: new Uint8Array(sent),
  });
  return readAnswer(res.status, res.headers, Buffer.from(await res.arrayBuffer()));
}

function readAnswer(status: number, headers: Headers, bytes: Buffer): OtlpAnswer {
  const isProtobuf = headers.get('content-type') === 'application/x-protobuf';
  const answer = { status, headers, bytes };
  if (status !== 200) {
    const { code, message } = isProtobuf ? readStatus(bytes) : JSON.parse(bytes.toString());
    return { ...answer, partial: null, failure: { code, message } };
  }
  if (isProtobuf) {
    const { partialSuccess } = readExportResponse(bytes);
    const partial = partialSuccess ? { rejected: partialSuccess.rejected, message: partialSuccess.errorMessage } : null;
    return { ...answer, partial, failure: null };
  }
  const { partialSuccess } = JSON.parse(bytes.toString());
  const partial = partialSuccess
    ? {
        rejected: partialSuccess.rejectedSpans ?? partialSuccess.rejectedLogRecords,
        message: partialSuccess.errorMessage,
      }
    : null;
  return { ...answer, partial, failure: null };
}
