/**
 * Exports of spans and log records as protobuf (opentelemetry-proto 1.11). The first pass finds where each span begins and
 * ends; a span is decoded when it is asked for. Fields that nobody reads are passed over, and so is one that is written in
 * another way than it is declared, as protobuf wants it.
 */
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
  NO_SCOPE,
  type PendingOrigin,
  type RawSpan,
  type SpanOrigin,
  startOrigin,
  toDate,
  toScope,
  ValueBudget,
} from './decoded.ts';
import { readAttribute, readValue } from './protobufValues.ts';
import type { AttributeValue, Attributes, OtlpEvent, OtlpLogRecord, OtlpScope, OtlpSpan } from './span.ts';
import { field, KeyTable, WIRE, WireReader } from './wireReader.ts';

/** Of the whole process: the keys of attributes come again with every span. */
const keys = new KeyTable();

/** A request is a list; what belongs to a resource, or to a scope, names its owner first: alike for spans and logs. */
const LIST = field(1, WIRE.bytes);
const OWNER = field(1, WIRE.bytes);
const MEMBERS = field(2, WIRE.bytes);

const SPAN = {
  traceId: field(1, WIRE.bytes),
  spanId: field(2, WIRE.bytes),
  parentSpanId: field(4, WIRE.bytes),
  name: field(5, WIRE.bytes),
  kind: field(6, WIRE.varint),
  startNano: field(7, WIRE.fixed64),
  endNano: field(8, WIRE.fixed64),
  attributes: field(9, WIRE.bytes),
  events: field(11, WIRE.bytes),
  status: field(15, WIRE.bytes),
} as const;
const EVENT = { nano: field(1, WIRE.fixed64), name: field(2, WIRE.bytes), attributes: field(3, WIRE.bytes) } as const;
const STATUS = { message: field(2, WIRE.bytes), code: field(3, WIRE.varint) } as const;
const RESOURCE = { attributes: field(1, WIRE.bytes) } as const;
const SCOPE = { name: field(1, WIRE.bytes), version: field(2, WIRE.bytes), attributes: field(3, WIRE.bytes) } as const;

const RECORD = {
  timeNano: field(1, WIRE.fixed64),
  body: field(5, WIRE.bytes),
  attributes: field(6, WIRE.bytes),
  traceId: field(9, WIRE.bytes),
  spanId: field(10, WIRE.bytes),
  observedNano: field(11, WIRE.fixed64),
  eventName: field(12, WIRE.bytes),
} as const;

type Noun = 'spans' | 'log records';

/**
 * The spans of an ExportTraceServiceRequest.
 * @throws {AppError} `invalid_protobuf`, `too_many_items`. What is wrong within a span refuses it alone.
 */
export function decodeProtobufSpans(bytes: Buffer): DecodedExport<OtlpSpan> {
  const reader = new WireReader(bytes, keys);
  const places = new ItemFinder(reader, 'spans').find();
  return { count: places.length, items: decodeEach(places, (place) => decodeSpan(reader, place)) };
}

/**
 * The log records of an ExportLogsServiceRequest that belong to a span; null for each that does not.
 * @throws {AppError} as `decodeProtobufSpans`.
 */
export function decodeProtobufRecords(bytes: Buffer): DecodedExport<OtlpLogRecord | null> {
  const reader = new WireReader(bytes, keys);
  const places = new ItemFinder(reader, 'log records').find();
  return { count: places.length, items: decodeEach(places, (place) => decodeRecord(reader, place)) };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where a span or a log record is, and what it comes from. */
interface Place extends Range {
  readonly origin: SpanOrigin;
}

class ItemFinder {
  readonly #reader: WireReader;
  readonly #noun: Noun;
  readonly #places: Place[] = [];
  #owners = 0;

  constructor(reader: WireReader, noun: Noun) {
    this.#reader = reader;
    this.#noun = noun;
  }

  find(): Place[] {
    const reader = this.#reader;
    const end = reader.bytes.length;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === LIST) this.#findInResource(reader.open(end));
      else reader.skip(tag & 7, end);
    }
    return this.#places;
  }

  /** The owner may come behind what belongs to it, and in several pieces: it is read when all of it was found. */
  #findInResource(end: number): void {
    const reader = this.#reader;
    const pieces: Range[] = [];
    const origins: PendingOrigin[] = [];
    checkCount(++this.#owners, 'resources and scopes');
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === OWNER) pieces.push(takeRange(reader, end));
      else if (tag === MEMBERS) origins.push(this.#findInScope(reader.open(end)));
      else reader.skip(tag & 7, end);
    }
    const resource = readResource(reader, pieces);
    for (const origin of origins) origin.resource = resource;
    reader.at = end;
  }

  #findInScope(end: number): PendingOrigin {
    const reader = this.#reader;
    const pieces: Range[] = [];
    const origin = startOrigin();
    checkCount(++this.#owners, 'resources and scopes');
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === OWNER) pieces.push(takeRange(reader, end));
      else if (tag === MEMBERS) {
        const range = takeRange(reader, end);
        this.#places.push({ ...range, origin });
        checkCount(this.#places.length, this.#noun);
      } else reader.skip(tag & 7, end);
    }
    origin.scope = readScope(reader, pieces);
    reader.at = end;
    return origin;
  }
}

function takeRange(reader: WireReader, end: number): Range {
  const stop = reader.open(end);
  const range = { start: reader.at, end: stop };
  reader.at = stop;
  return range;
}

function readResource(reader: WireReader, pieces: readonly Range[]): Attributes {
  if (pieces.length === 0) return NO_ATTRIBUTES;
  const attributes = new Map<string, AttributeValue>();
  const budget = new ValueBudget();
  for (const { start, end } of pieces) {
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === RESOURCE.attributes) readAttribute(reader, reader.open(end), attributes, budget);
      else reader.skip(tag & 7, end);
    }
  }
  return keepShared(attributes);
}

function readScope(reader: WireReader, pieces: readonly Range[]): OtlpScope {
  if (pieces.length === 0) return NO_SCOPE;
  const attributes = new Map<string, AttributeValue>();
  const budget = new ValueBudget();
  let name = '';
  let version = '';
  for (const { start, end } of pieces) {
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === SCOPE.name) name = reader.text(end);
      else if (tag === SCOPE.version) version = reader.text(end);
      else if (tag === SCOPE.attributes) readAttribute(reader, reader.open(end), attributes, budget);
      else reader.skip(tag & 7, end);
    }
  }
  return toScope(name, version, attributes);
}

function decodeSpan(reader: WireReader, { start, end, origin }: Place): OtlpSpan {
  const attributes = new Map<string, AttributeValue>();
  const budget = new ValueBudget();
  const raw: RawSpan = {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    kind: 0,
    startNano: 0n,
    endNano: 0n,
    attributes,
    events: [],
    code: 0,
    message: '',
  };
  reader.at = start;
  while (reader.at < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case SPAN.traceId:
        raw.traceId = reader.hex(end);
        break;
      case SPAN.spanId:
        raw.spanId = reader.hex(end);
        break;
      case SPAN.parentSpanId:
        raw.parentSpanId = reader.hex(end);
        break;
      case SPAN.name:
        raw.name = reader.text(end);
        break;
      case SPAN.kind:
        raw.kind = reader.uint32(end);
        break;
      case SPAN.startNano:
        raw.startNano = reader.fixed64(end);
        break;
      case SPAN.endNano:
        raw.endNano = reader.fixed64(end);
        break;
      case SPAN.attributes:
        readAttribute(reader, reader.open(end), attributes, budget);
        break;
      case SPAN.events:
        raw.events.push(readEvent(reader, reader.open(end), budget));
        break;
      case SPAN.status:
        readStatus(reader, reader.open(end), raw);
        break;
      case RECORD.timeNano:
      case RECORD.observedNano:
        // The times of a log record, which has the ids of its fields in common with a span.
        throw looksLikeLogs();
      default:
        reader.skip(tag & 7, end);
    }
  }
  return checkSpan(raw, origin);
}

function readEvent(reader: WireReader, end: number, budget: ValueBudget): OtlpEvent {
  budget.take();
  const attributes = new Map<string, AttributeValue>();
  let name = '';
  let nano = 0n;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === EVENT.nano) nano = reader.fixed64(end);
    else if (tag === EVENT.name) name = reader.key(end);
    else if (tag === EVENT.attributes) readAttribute(reader, reader.open(end), attributes, budget);
    else reader.skip(tag & 7, end);
  }
  return { name, time: toDate(nano), attributes };
}

function readStatus(reader: WireReader, end: number, raw: RawSpan): void {
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === STATUS.message) raw.message = reader.text(end);
    else if (tag === STATUS.code) raw.code = reader.uint32(end);
    else reader.skip(tag & 7, end);
  }
}

/** Most log records are about something else than a span: their ids are looked for first. */
function decodeRecord(reader: WireReader, { start, end, origin }: Place): OtlpLogRecord | null {
  let traceId = '';
  let spanId = '';
  reader.at = start;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === RECORD.traceId) traceId = reader.hex(end);
    else if (tag === RECORD.spanId) spanId = reader.hex(end);
    else if (tag === SPAN.traceId || tag === SPAN.startNano) throw looksLikeSpans();
    else reader.skip(tag & 7, end);
  }
  if (!hasSpan(traceId, spanId)) return null;
  const attributes = new Map<string, AttributeValue>();
  const budget = new ValueBudget();
  let body: AttributeValue = null;
  let timeNano = 0n;
  let observedNano = 0n;
  let eventName = '';
  reader.at = start;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === RECORD.timeNano) timeNano = reader.fixed64(end);
    else if (tag === RECORD.observedNano) observedNano = reader.fixed64(end);
    else if (tag === RECORD.body) body = readValue(reader, reader.open(end), { depth: 1, budget });
    else if (tag === RECORD.attributes) readAttribute(reader, reader.open(end), attributes, budget);
    else if (tag === RECORD.eventName) eventName = reader.key(end);
    else reader.skip(tag & 7, end);
  }
  return checkRecord({ traceId, spanId, eventName, timeNano, observedNano, attributes, body }, origin);
}
