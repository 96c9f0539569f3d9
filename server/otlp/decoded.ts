/** What both decoders give, and the rules that both keep, so that an encoding makes no difference to what is stored. Pure. */
import { ExactNumber } from '#shared/exactJson';
import { type JsonValue, LIMITS } from '#shared/primitives';
import { AppError } from '#server/errors';
import type { AttributeValue, Attributes, OtlpEvent, OtlpLogRecord, OtlpScope, OtlpSpan } from './span.ts';

/** Limits of one export, beside the bytes of its body. */
export const OTLP_LIMITS = {
  /** Spans, or log records, of one export. */
  items: 20_000,
  /** Lists within lists of one attribute. Below LIMITS.depth, since what an attribute says is stored within a log. */
  depth: 48,
  /** Values of one span or log record: attributes, what they hold, and events. */
  values: LIMITS.values,
  /**
   * Characters of the attributes of a resource, and of a scope. They count for each of their spans: a long text that is
   * sent once would be stored some thousand times. Those that do not fit are left out.
   */
  sharedLength: 16_384,
} as const;

/** Why one span, or one log record, is not taken. */
export class Refused {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** An export that can be read; its items are decoded one by one, when they are asked for. */
export interface DecodedExport<Item> {
  readonly count: number;
  readonly items: Iterable<Item | Refused>;
}

/** Decodes each item when it is asked for; one that is wrong does no harm to the others. */
export function* decodeEach<Place, Item>(
  places: readonly Place[],
  decode: (place: Place) => Item,
): Generator<Item | Refused> {
  for (const place of places) {
    let item: Item | Refused;
    try {
      item = decode(place);
    } catch (error) {
      item = toRefused(error);
    }
    yield item;
  }
}

/** Anything else than an AppError is a fault of ours. */
function toRefused(error: unknown): Refused {
  if (error instanceof AppError) return new Refused(error.message);
  throw error;
}

/** What a span says, before anything of it is checked. Ids are hex, and empty where there are none; no time is 0. */
export interface RawSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  startNano: bigint;
  endNano: bigint;
  attributes: Attributes;
  events: OtlpEvent[];
  code: number;
  message: string;
}

/** Counts the values of one span, which may be many in few bytes. */
export class ValueBudget {
  #left: number = OTLP_LIMITS.values;

  /** @throws {AppError} `too_many_values`. */
  take(count = 1): void {
    this.#left -= count;
    if (this.#left < 0) throw new AppError('too_many_values', `It holds more than ${OTLP_LIMITS.values} values.`);
  }
}

/** @throws {AppError} `too_deep`. */
export function checkDepth(depth: number): void {
  if (depth <= OTLP_LIMITS.depth) return;
  throw new AppError('too_deep', `A value of it is nested deeper than ${OTLP_LIMITS.depth} levels.`);
}

/** @throws {AppError} `too_many_items`. */
export function checkCount(count: number, noun: string): void {
  if (count <= OTLP_LIMITS.items) return;
  throw new AppError(
    'too_many_items',
    `An export may hold at most ${OTLP_LIMITS.items} ${noun}; send smaller batches.`,
  );
}

export const NO_ATTRIBUTES: Attributes = new Map();
export const NO_SCOPE: OtlpScope = { name: '', version: null, attributes: NO_ATTRIBUTES };

/** What belongs to a resource and a scope, for all of their spans. */
export interface SpanOrigin {
  readonly scope: OtlpScope;
  readonly resource: Attributes;
}

/** The same while it is looked for: it may come behind its spans, which are given it by then. */
export type PendingOrigin = { -readonly [Name in keyof SpanOrigin]: SpanOrigin[Name] };

/** An origin of which nothing was found yet. */
export function startOrigin(): PendingOrigin {
  return { scope: NO_SCOPE, resource: NO_ATTRIBUTES };
}

const ID = { trace: /^[0-9a-f]{32}$/, span: /^[0-9a-f]{16}$/ };
const ZEROS = /^0+$/;
const NANOS_A_MS = 1_000_000n;

/**
 * A span whose identity and start are sound.
 * @throws {AppError} `invalid_value`.
 */
export function checkSpan(raw: RawSpan, { scope, resource }: SpanOrigin): OtlpSpan {
  checkId('traceId', raw.traceId);
  checkId('spanId', raw.spanId);
  if (raw.parentSpanId !== '' && !ZEROS.test(raw.parentSpanId)) checkId('parentSpanId', raw.parentSpanId);
  const startedAt = toDate(raw.startNano);
  if (startedAt === null) throw refusal('`startTimeUnixNano` is missing.');
  return {
    traceId: raw.traceId,
    spanId: raw.spanId,
    parentSpanId: ZEROS.test(raw.parentSpanId) || raw.parentSpanId === '' ? null : raw.parentSpanId,
    name: raw.name,
    kind: raw.kind,
    startedAt,
    startNano: raw.startNano,
    endNano: raw.endNano === 0n ? null : raw.endNano,
    attributes: raw.attributes,
    events: raw.events,
    status: { code: raw.code, message: raw.message === '' ? null : raw.message },
    scope,
    resource,
  };
}

/** What a log record says, as RawSpan. */
export interface RawRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly eventName: string;
  readonly timeNano: bigint;
  readonly observedNano: bigint;
  readonly attributes: Attributes;
  readonly body: AttributeValue;
}

/**
 * A log record whose span can be found.
 * @throws {AppError} `invalid_value`.
 */
export function checkRecord(raw: RawRecord, { scope, resource }: SpanOrigin): OtlpLogRecord {
  checkId('traceId', raw.traceId);
  checkId('spanId', raw.spanId);
  return {
    traceId: raw.traceId,
    spanId: raw.spanId,
    eventName: raw.eventName === '' ? null : raw.eventName,
    time: toDate(raw.timeNano) ?? toDate(raw.observedNano),
    attributes: raw.attributes,
    body: raw.body,
    scope,
    resource,
  };
}

/** True where a log record belongs to a span; most are about something else. */
export function hasSpan(traceId: string, spanId: string): boolean {
  return traceId !== '' && spanId !== '' && !ZEROS.test(traceId) && !ZEROS.test(spanId);
}

function checkId(name: 'traceId' | 'spanId' | 'parentSpanId', id: string): void {
  const [pattern, digits] = name === 'traceId' ? [ID.trace, 32] : [ID.span, 16];
  if (pattern.test(id) && !ZEROS.test(id)) return;
  throw refusal(`\`${name}\` must be ${digits / 2} bytes (in JSON ${digits} hex digits, no base64), not all zero.`);
}

/** To the millisecond, as everything is stored; null for no time. */
export function toDate(nano: bigint): Date | null {
  return nano === 0n ? null : new Date(Number(nano / NANOS_A_MS));
}

/** The answer to a log record where a span belongs. */
export function looksLikeLogs(): AppError {
  return refusal('This looks like an export of logs: send it to /v1/logs.');
}

/** The answer to a span where a log record belongs. */
export function looksLikeSpans(): AppError {
  return refusal('This looks like an export of spans: send it to /v1/traces.');
}

/** What is wrong with a part of an export, for whoever wrote the exporter. */
export function refusal(message: string): AppError {
  return new AppError('invalid_value', message);
}

/** A number that JSON can hold, or the name of one that it cannot. */
export function toAttributeNumber(value: number): AttributeValue {
  return Number.isFinite(value) ? value : String(value);
}

/** A scope whose texts are cut, since they count for each of its spans. */
export function toScope(name: string, version: string, attributes: Attributes): OtlpScope {
  return {
    name: name.slice(0, LIMITS.identifierLength),
    version: version === '' ? null : version.slice(0, LIMITS.identifierLength),
    attributes: keepShared(attributes),
  };
}

/** The attributes of a resource or a scope, as many as fit. */
export function keepShared(attributes: Attributes): Attributes {
  let left: number = OTLP_LIMITS.sharedLength;
  const kept = new Map<string, AttributeValue>();
  for (const [key, value] of attributes) {
    const length = key.length + lengthOf(value);
    if (length > left) continue;
    left -= length;
    kept.set(key, value);
  }
  return kept.size === attributes.size ? attributes : kept;
}

/** About the characters of a value as JSON. Its nesting is bounded by now. */
function lengthOf(value: JsonValue): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  if (value instanceof ExactNumber) return value.literal.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, member) => sum + lengthOf(member) + 1, 2);
  return Object.entries(value).reduce((sum, [key, member]) => sum + key.length + lengthOf(member) + 4, 2);
}
