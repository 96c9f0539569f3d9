/** Between versions of a span, which are as our own endpoints take them, and what is stored. Pure, but for the clock. */
import { setOwnMember, stringifyExactJson } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { LogFields, type LoggedRequest } from '#shared/request';
import { type SpanDetail, SpanInput } from '#shared/trace';
import type { EncodedRow } from '#server/db/binaryRowEncoder';
import type { Deps } from '#server/deps';
import { type LogSource, type PricedSender, toRequest } from '#server/ingest/readLogs';
import { requestRowType } from '#server/requests/repository';
import { toSpan } from '#server/ingest/readSpans';
import { toStep } from './families/toStep.ts';
import { type CallFamily, familyOf } from './tree.ts';

/** Who sent a span, and what is needed to store it. */
export interface Store {
  readonly deps: Deps;
  readonly sender: PricedSender;
}

const REQUEST_NAMES = Object.keys(LogFields.shape) as (keyof typeof LogFields.shape & keyof LoggedRequest)[];
const SPAN_NAMES = Object.keys(SpanInput.shape) as (keyof typeof SpanInput.shape & keyof SpanDetail)[];

/** A stored request as the log that it was. A cost that we worked out is worked out again. */
export function fieldsOfRequest(request: LoggedRequest): JsonObject {
  const fields = pick(request, REQUEST_NAMES);
  if (request.cost_source !== 'provided') delete fields.cost_usd;
  return fields;
}

/** A stored span as it was sent. */
export function fieldsOfSpan(span: SpanDetail): JsonObject {
  return pick(span, SPAN_NAMES);
}

function pick<Row extends object>(row: Row, names: readonly (keyof Row & string)[]): JsonObject {
  const fields: JsonObject = {};
  for (const name of names) {
    const value = row[name] as JsonValue | undefined; // The columns of a record are JSON.
    if (value === undefined || value === null) continue;
    if (name !== 'tags' || Object.keys(value).length > 0) setOwnMember(fields, name, value);
  }
  return fields;
}

/** What stays of the row whose place a new one takes. */
export type Kept = Pick<LoggedRequest & SpanDetail, 'created_at' | 'api_key_id' | 'truncated'> & {
  readonly sanitized?: boolean;
};

/** The messages of a log as JSON, which is written once for the hash and for the row. */
class WrittenMessages implements LogSource {
  readonly mayBeUnstorable = true;
  readonly hasEscapedSlashes = false;
  readonly #messages: JsonValue;
  #json: Buffer | undefined;

  constructor(messages: JsonValue) {
    this.#messages = messages;
  }

  jsonOf(value: object): Buffer | undefined {
    if (value !== this.#messages) return undefined;
    return (this.#json ??= Buffer.from(stringifyExactJson(value)));
  }
}

/**
 * A log as the row of a request that is new.
 * @throws {AppError} what is wrong with it.
 */
export function requestRowOf({ deps, sender }: Store, fields: JsonObject): { row: EncodedRow; isCut: boolean } {
  const source = new WrittenMessages(fields.messages ?? null);
  const { request, unchanged } = toRequest(deps, sender, fields, source);
  return { row: requestRowType.encode(sender.scope, request, unchanged), isCut: request.truncated };
}

/**
 * A log as the request that is stored.
 * @throws {AppError} what is wrong with it.
 */
export function requestOf({ deps, sender }: Store, fields: JsonObject, kept?: Kept): LoggedRequest {
  const { request } = toRequest(deps, kept ? { ...sender, api_key_id: kept.api_key_id } : sender, fields);
  if (!kept) return request;
  const truncated = request.truncated || kept.truncated;
  return {
    ...request,
    created_at: kept.created_at,
    truncated,
    sanitized: request.sanitized || kept.sanitized === true,
  };
}

/**
 * A span as it is stored.
 * @throws {AppError} what is wrong with it.
 */
export function spanOf({ deps, sender }: Store, fields: JsonObject, kept?: Kept): SpanDetail {
  const { span } = toSpan(deps, kept ?? sender, fields);
  return kept ? { ...span, created_at: kept.created_at, truncated: span.truncated || kept.truncated } : span;
}

/**
 * A call, by its stored fields, as the step around other calls that it is: what it reports is a total of theirs, and is not
 * counted.
 */
export function stepFields(call: JsonObject, family?: CallFamily): JsonObject {
  const { id = null, trace_id = null, parent_id = null, started_at = null, latency_ms = null, endpoint } = call;
  const role = family ?? familyOf(typeof endpoint === 'string' ? endpoint : null);
  const { fields } = toStep({ role, target: 'request', fields: call, notes: [] });
  return { ...fields, id, trace_id, parent_id, started_at, latency_ms };
}

/**
 * A log as it is stored, as fields again: in one spelling, so that two can be compared.
 * @throws {AppError} what is wrong with it.
 */
export function settleCall(store: Store, fields: JsonObject): JsonObject {
  return fieldsOfRequest(requestOf(store, fields));
}

/** The same of a span. */
export function settleStep(store: Store, fields: JsonObject): JsonObject {
  return fieldsOfSpan(spanOf(store, fields));
}
