/**
 * The error of a log or a span as libraries dump it and providers send it: what it says in other words than ours, or further
 * inside, becomes its type, code, message and status. Pure.
 */
import { describeError } from '#shared/conversation/answerError';
import { countOf, objectOf, textOf } from '#shared/conversation/part';
import { type JsonObject, type JsonValue, putInWords } from '#shared/primitives';
import { RequestError } from '#shared/request';

const OWN_NAMES: ReadonlySet<string> = new Set(Object.keys(RequestError.shape));

/** Where the body of an answer is, in what a client makes of it: OpenAI, Anthropic, AWS, Axios. */
const INNER_NAMES = ['error', 'Error', 'body', 'response', 'data'] as const;
/** Axios has three around the error; whoever has more has it in words. */
const MOST_LEVELS = 5;

/** The same item where its error has our members alone. What has no member of ours is kept whole below `metadata`. */
export function withReadError(item: JsonObject): JsonObject {
  const given = unwrapError(objectOf(item.error));
  if (given === null || (given === item.error && hasOwnNames(given))) return item;
  const error = hasOwnNames(given) ? given : readError(given);
  const metadata = objectOf(item.metadata ?? {});
  const isWhole = hasOwnNames(given) || error.message === putInWords(given);
  // Metadata that is no object is refused.
  if (isWhole || metadata === null) return { ...item, error };
  return { ...item, error, metadata: { error: given, ...metadata } };
}

function hasOwnNames(fields: JsonObject): boolean {
  return Object.keys(fields).every((name) => OWN_NAMES.has(name));
}

/** The error in the body that a provider answers, which holds nothing else. */
function unwrapError(given: JsonObject | null): JsonObject | null {
  const names = Object.keys(given ?? {});
  const isBody = names.every((name) => name === 'error' || (name === 'type' && given?.type === 'error'));
  if (given === null || !isBody || given.error === undefined) return given;
  return objectOf(given.error) ?? { message: given.error };
}

function readError(given: JsonObject): JsonObject {
  const levels = listLevels(given);
  // A status that is a number is that of HTTP; what is inside has its own turn.
  const told = levels.map((level) => describeError({ ...level, status: textOf(level.status), error: null }));
  const find = (name: 'type' | 'code' | 'message') => told.map((level) => level[name]).find(Boolean);
  const read = {
    type: find('type') ?? given.type ?? textOf(given.name),
    code: find('code') ?? given.code ?? null,
    message: given.message ?? find('message') ?? textOf(given.error) ?? putInWords(given),
    http_status: given.http_status ?? levels.map(statusOf).find((status) => status !== null) ?? null,
    param: given.param ?? levels.map(({ param }) => textOf(param)).find(Boolean) ?? null,
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== null));
}

/** The error, and what it has inside that may say more of it, from the outside to the inside. */
function listLevels(given: JsonObject): JsonObject[] {
  const levels = [given];
  for (let inner = innerOf(given); inner !== null && levels.length < MOST_LEVELS; inner = innerOf(inner)) {
    levels.push(inner);
  }
  return levels;
}

function innerOf(fields: JsonObject): JsonObject | null {
  return INNER_NAMES.map((name) => objectOf(fields[name])).find((inner) => inner !== null) ?? null;
}

function statusOf({ status, statusCode, status_code: code, $metadata }: JsonObject): JsonValue {
  const counts = [status, statusCode, code, objectOf($metadata)?.httpStatusCode].map(countOf);
  return counts.find((count) => count !== null && count >= 100 && count <= 999) ?? null;
}
