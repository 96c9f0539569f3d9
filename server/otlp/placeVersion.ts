/** Where a later version of a span belongs, and what it then says together with what was there. Pure, but for the clock. */
import { stringifyExactJson } from '#shared/exactJson';
import type { JsonObject } from '#shared/primitives';
import type { LoggedRequest } from '#shared/request';
import type { SpanDetail } from '#shared/trace';
import type { Arrival } from './arrival.ts';
import { fillCall, fillStep, type LogContent, withoutLogContent } from './logContent.ts';
import {
  fieldsOfRequest,
  fieldsOfSpan,
  type Kept,
  requestOf,
  settleCall,
  settleStep,
  spanOf,
  stepFields,
  type Store,
} from './records.ts';
import type { WaitingContent } from './repository.ts';
import { mergeVersions, outranks } from './versions.ts';

/** One span as it is stored: in one of three places, or in none. */
export interface StoredSpan {
  readonly request?: LoggedRequest | undefined;
  readonly span?: SpanDetail | undefined;
  readonly waiting?: Waiting | undefined;
}

export interface Waiting extends Kept {
  readonly fields: JsonObject;
}

/** What the tree says of the span, and its log records. */
export interface Surroundings {
  readonly isOuter: boolean;
  readonly isNeeded: boolean;
  readonly contents: readonly LogContent[];
}

/**
 * The span with this version of it; `stored` itself where the version adds nothing.
 * @throws {AppError} what is wrong with the version.
 */
export function placeVersion(store: Store, arrival: Arrival, stored: StoredSpan, around: Surroundings): StoredSpan {
  if (stored.request) return placeBesideRequest(store, arrival, { ...stored, request: stored.request }, around);
  if (stored.span) return placeBesideSpan(store, arrival, { ...stored, span: stored.span }, around);
  return placeFirst(store, arrival, stored, around);
}

function placeBesideRequest(
  store: Store,
  { node, role, fields }: Arrival,
  stored: StoredSpan & { readonly request: LoggedRequest },
  { contents }: Surroundings,
): StoredSpan {
  const before = fieldsOfRequest(stored.request);
  const own = ownFields(before, contents);
  if (node.family !== null) {
    const merged = fillCall(mergeVersions(own, settleCall(store, fields)), contents);
    const request = requestOf(store, merged, stored.request);
    return isSame(fieldsOfRequest(request), before) ? stored : { request };
  }
  // What is known to be a call is none only where a version says so that counts more.
  if (role === 'other' || !outranks(fields, own)) return stored;
  return { span: spanOf(store, fillStep(fields, contents), stored.request) };
}

function placeBesideSpan(
  store: Store,
  { node, fields }: Arrival,
  stored: StoredSpan & { readonly span: SpanDetail },
  { isOuter, contents }: Surroundings,
): StoredSpan {
  const before = fieldsOfSpan(stored.span);
  const own = ownFields(before, contents);
  if (node.family !== null && !isOuter) {
    if (!outranks(fields, own)) return stored;
    return { request: requestOf(store, fillCall(fields, contents), stored.span) };
  }
  const step = node.family === null ? fields : stepFields(settleCall(store, fields), node.family);
  const merged = fillStep(mergeVersions(own, settleStep(store, step)), contents);
  const span = spanOf(store, merged, stored.span);
  return isSame(fieldsOfSpan(span), before) ? stored : { span };
}

/** A version of what waits, or of what is gone by now. */
function placeFirst(
  store: Store,
  { node, role, fields }: Arrival,
  stored: StoredSpan,
  { isOuter, isNeeded, contents }: Surroundings,
): StoredSpan {
  const { waiting } = stored;
  if (node.family !== null) {
    if (!isOuter) return { request: requestOf(store, fillCall(fields, contents), waiting) };
    const step = stepFields(settleCall(store, fields), node.family);
    return { span: spanOf(store, fillStep(step, contents), waiting) };
  }
  const arriving = settleStep(store, fields);
  const merged = waiting ? mergeVersions(waiting.fields, arriving) : arriving;
  // The kind is that of the version which knows it.
  if (role !== 'other' && arriving.kind !== undefined) merged.kind = arriving.kind;
  if (role !== 'other' || isNeeded) return { span: spanOf(store, fillStep(merged, contents), waiting) };
  const settled = settleStep(store, merged);
  if (waiting && isSame(settled, waiting.fields)) return stored;
  return { waiting: { ...(waiting ?? keptOf(store)), fields: settled } };
}

/** The fields that the span itself told: as long as its log records are there, they are put on it anew. */
export function ownFields(fields: JsonObject, contents: readonly LogContent[]): JsonObject {
  return contents.length === 0 ? fields : withoutLogContent(fields);
}

/** True where both say the same, with their names in the same order. */
export function isSame(one: JsonObject, other: JsonObject): boolean {
  return stringifyExactJson(one) === stringifyExactJson(other);
}

/** What a row keeps that comes now. */
export function keptOf({ deps, sender }: Store): Kept {
  return { created_at: deps.clock().toISOString(), api_key_id: sender.api_key_id, truncated: false };
}

/** A row of what waits, as a version of its span. */
export function toWaiting({ content, created_at, api_key_id }: WaitingContent): Waiting {
  return { fields: content, created_at, api_key_id, truncated: false };
}

/** A row of what waits, as what a log record says. */
export function toContent({ content }: WaitingContent): LogContent {
  return content as unknown as LogContent; // As accept.ts wrote it.
}
