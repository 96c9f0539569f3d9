/**
 * Exports of spans and log records as JSON, which differs from the JSON of protobuf: ids are hex, unknown members are
 * ignored, names of fields are in lowerCamelCase. Whole numbers come as strings or as numbers. The first pass finds where each
 * span begins and ends; a span is parsed when it is asked for.
 */
import { isUtf8 } from 'node:buffer';
import { parseExactJson } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { AppError } from '#server/errors';
import {
  checkCount,
  checkRecord,
  checkSpan,
  decodeEach,
  type DecodedExport,
  hasSpan,
  keepShared,
  looksLikeLogs,
  looksLikeSpans,
  NO_ATTRIBUTES,
  OTLP_LIMITS,
  type PendingOrigin,
  refusal,
  type SpanOrigin,
  startOrigin,
  toDate,
  toScope,
  ValueBudget,
} from './decoded.ts';
import { type JsonRange, JsonScanner } from './jsonScanner.ts';
import { isObject, readAttributes, readValue, toDigits } from './jsonValues.ts';
import type { OtlpEvent, OtlpLogRecord, OtlpSpan } from './span.ts';

/** Names of lists: of what a request holds, what a resource holds, and what a scope holds. */
const SPANS = { lists: ['resourceSpans', 'scopeSpans', 'spans'], noun: 'spans', other: 'resourceLogs' } as const;
const RECORDS = {
  lists: ['resourceLogs', 'scopeLogs', 'logRecords'],
  noun: 'log records',
  other: 'resourceSpans',
} as const;
type Kind = typeof SPANS | typeof RECORDS;

const LAST_NANO = 2n ** 64n - 1n;
const DIGITS = /^\d{1,20}$/;
/** JSON needs about five values for an attribute: objects, the key, the name of the type, the value. */
const JSON_VALUES = 5 * OTLP_LIMITS.values;

/**
 * The spans of an ExportTraceServiceRequest.
 * @throws {AppError} `empty_body`, `invalid_utf8`, `invalid_json`; `invalid_value` for what is no such request;
 *   `too_many_items`. What is wrong within a span refuses it alone.
 */
export function decodeJsonSpans(bytes: Buffer): DecodedExport<OtlpSpan> {
  const places = new ItemFinder(bytes, SPANS).find();
  return {
    count: places.length,
    items: decodeEach(places, (place) => decodeSpan(readItem(bytes, place), place.origin)),
  };
}

/**
 * The log records of an ExportLogsServiceRequest that belong to a span; null for each that does not.
 * @throws {AppError} as `decodeJsonSpans`.
 */
export function decodeJsonRecords(bytes: Buffer): DecodedExport<OtlpLogRecord | null> {
  const places = new ItemFinder(bytes, RECORDS).find();
  return {
    count: places.length,
    items: decodeEach(places, (place) => decodeRecord(readItem(bytes, place), place.origin)),
  };
}

/** Where a span or a log record is, and what it comes from. */
interface Place {
  readonly range: JsonRange;
  readonly origin: SpanOrigin;
}

class ItemFinder {
  readonly #bytes: Buffer;
  readonly #scanner: JsonScanner;
  readonly #kind: Kind;
  readonly #places: Place[] = [];
  #owners = 0;

  constructor(bytes: Buffer, kind: Kind) {
    if (bytes.length === 0) throw new AppError('empty_body', 'The body is empty: send a JSON object.');
    if (!isUtf8(bytes)) throw new AppError('invalid_utf8', 'The body is not valid UTF-8.');
    this.#bytes = bytes;
    this.#scanner = new JsonScanner(bytes);
    this.#kind = kind;
  }

  find(): Place[] {
    const { lists, other } = this.#kind;
    const [list] = lists;
    const scanner = this.#scanner;
    const snake = list.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const seen = { list: false, other: false, snake: false };
    scanner.members('The body', (key) => {
      if (key === list) {
        seen.list = true;
        scanner.elements(quote(list), () => this.#findInResource());
        return;
      }
      seen.other ||= key === other;
      seen.snake ||= key === snake;
      scanner.range();
    });
    scanner.end();
    // It would be taken for an empty export.
    if (!seen.list && seen.other) throw other === 'resourceLogs' ? looksLikeLogs() : looksLikeSpans();
    if (!seen.list && seen.snake)
      throw refusal(`OTLP writes its JSON in lowerCamelCase: ${quote(list)}, not ${quote(snake)}.`);
    return this.#places;
  }

  /** The resource may come behind what belongs to it. */
  #findInResource(): void {
    const [ofRequest, list] = this.#kind.lists;
    const scanner = this.#scanner;
    const origins: PendingOrigin[] = [];
    const owner: { range: JsonRange | null } = { range: null };
    checkCount(++this.#owners, 'resources and scopes');
    scanner.members(`Each of ${quote(ofRequest)}`, (key) => {
      if (key === 'resource') owner.range = scanner.range();
      else if (key === list) scanner.elements(quote(list), () => origins.push(this.#findInScope()));
      else scanner.range();
    });
    const { attributes } = this.#parseOwner('resource', owner.range);
    const shared = attributes ? keepShared(readAttributes(attributes, new ValueBudget())) : NO_ATTRIBUTES;
    for (const origin of origins) origin.resource = shared;
  }

  #findInScope(): PendingOrigin {
    const { lists, noun } = this.#kind;
    const [, ofResource, list] = lists;
    const scanner = this.#scanner;
    const origin = startOrigin();
    const owner: { range: JsonRange | null } = { range: null };
    checkCount(++this.#owners, 'resources and scopes');
    scanner.members(`Each of ${quote(ofResource)}`, (key) => {
      if (key === 'scope') owner.range = scanner.range();
      else if (key === list) {
        scanner.elements(quote(list), () => {
          this.#places.push({ range: scanner.range(), origin });
          checkCount(this.#places.length, noun);
        });
      } else scanner.range();
    });
    if (owner.range !== null) origin.scope = readScope(this.#parseOwner('scope', owner.range));
    return origin;
  }

  #parseOwner(name: string, range: JsonRange | null): JsonObject {
    const parsed = range === null ? null : parseRange(this.#bytes, range);
    if (parsed === null) return {};
    if (isObject(parsed)) return parsed;
    throw refusal(`\`${name}\` must be an object.`);
  }
}

function quote(name: string): string {
  return `\`${name}\``;
}

/** @throws {AppError} `invalid_json`, `too_many_values`. */
function parseRange(bytes: Buffer, { start, end, values }: JsonRange): JsonValue {
  if (values > JSON_VALUES) throw new AppError('too_many_values', `It holds more than ${JSON_VALUES} values of JSON.`);
  try {
    return parseExactJson(bytes.toString('utf8', start, end)) as JsonValue; // It was JSON.
  } catch (cause) {
    throw new AppError('invalid_json', `It is not valid JSON (bytes ${start} to ${end}).`, { cause });
  }
}

/** @throws {AppError} `invalid_json`, `too_many_values`, `invalid_value`. */
function readItem(bytes: Buffer, { range }: Place): JsonObject {
  const value = parseRange(bytes, range);
  if (isObject(value)) return value;
  throw refusal('It must be an object.');
}

function listOf(owner: JsonObject, name: string): readonly JsonValue[] {
  const list = owner[name];
  if (list === undefined || list === null) return [];
  if (Array.isArray(list)) return list;
  throw refusal(`\`${name}\` must be a list.`);
}

function memberOf(owner: JsonObject, name: string): JsonObject {
  const member = owner[name];
  if (member === undefined || member === null) return {};
  if (isObject(member)) return member;
  throw refusal(`\`${name}\` must be an object.`);
}

function readScope(scope: JsonObject): SpanOrigin['scope'] {
  const attributes = readAttributes(scope.attributes, new ValueBudget());
  return toScope(textOf(scope, 'name'), textOf(scope, 'version'), attributes);
}

function decodeSpan(span: JsonObject, origin: SpanOrigin): OtlpSpan {
  const budget = new ValueBudget();
  const status = memberOf(span, 'status');
  return checkSpan(
    {
      traceId: idOf(span, 'traceId'),
      spanId: idOf(span, 'spanId'),
      parentSpanId: idOf(span, 'parentSpanId'),
      name: textOf(span, 'name'),
      kind: enumOf(span, 'kind', KINDS),
      startNano: nanoOf(span, 'startTimeUnixNano'),
      endNano: nanoOf(span, 'endTimeUnixNano'),
      attributes: readAttributes(span.attributes, budget),
      events: listOf(span, 'events').map((event) => readEvent(event, budget)),
      code: enumOf(status, 'code', CODES),
      message: textOf(status, 'message'),
    },
    origin,
  );
}

function readEvent(event: JsonValue, budget: ValueBudget): OtlpEvent {
  if (!isObject(event)) throw refusal('Each of `events` must be an object.');
  budget.take();
  return {
    name: textOf(event, 'name'),
    time: toDate(nanoOf(event, 'timeUnixNano')),
    attributes: readAttributes(event.attributes, budget),
  };
}

function decodeRecord(record: JsonObject, origin: SpanOrigin): OtlpLogRecord | null {
  const traceId = idOf(record, 'traceId');
  const spanId = idOf(record, 'spanId');
  if (!hasSpan(traceId, spanId)) return null;
  const budget = new ValueBudget();
  return checkRecord(
    {
      traceId,
      spanId,
      eventName: textOf(record, 'eventName'),
      timeNano: nanoOf(record, 'timeUnixNano'),
      observedNano: nanoOf(record, 'observedTimeUnixNano'),
      attributes: readAttributes(record.attributes, budget),
      body: readValue(record.body, { depth: 1, budget }),
    },
    origin,
  );
}

/** Names are no valid JSON of OTLP, but some emitters send them, and they can be nothing else. */
const KINDS = [
  'SPAN_KIND_UNSPECIFIED',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
];
const CODES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

function enumOf(owner: JsonObject, name: string, names: readonly string[]): number {
  const value = owner[name];
  if (value === undefined || value === null) return 0;
  if (typeof value === 'string' && names.includes(value)) return names.indexOf(value);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  throw refusal(`\`${name}\` must be a number.`);
}

function textOf(owner: JsonObject, name: string): string {
  const value = owner[name];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw refusal(`\`${name}\` must be a string.`);
}

function idOf(owner: JsonObject, name: string): string {
  return textOf(owner, name).toLowerCase();
}

/** Nanoseconds; 0 where there are none. */
function nanoOf(owner: JsonObject, name: string): bigint {
  const value: unknown = owner[name];
  if (value === undefined || value === null || value === '') return 0n;
  const digits = toDigits(value);
  const nano = DIGITS.test(digits) ? BigInt(digits) : -1n;
  if (nano >= 0n && nano <= LAST_NANO) return nano;
  throw refusal(`\`${name}\` must be nanoseconds since 1970, such as "1767225600000000000".`);
}
