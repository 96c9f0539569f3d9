/** Attributes and their values as protobuf: KeyValue and AnyValue of opentelemetry-proto. */
import { setOwnMember } from '#shared/exactJson';
import type { JsonObject } from '#shared/primitives';
import { checkDepth, toAttributeNumber, type ValueBudget } from './decoded.ts';
import type { AttributeValue } from './span.ts';
import { field, WIRE, type WireReader } from './wireReader.ts';

const KEY = field(1, WIRE.bytes);
const VALUE = field(2, WIRE.bytes);
/** Of a list of values, and of a list of pairs. */
const ELEMENT = field(1, WIRE.bytes);

/** The members of AnyValue. An eighth is an index into a table that only profiles have. */
const ANY = {
  text: field(1, WIRE.bytes),
  bool: field(2, WIRE.varint),
  int: field(3, WIRE.varint),
  double: field(4, WIRE.fixed64),
  list: field(5, WIRE.bytes),
  object: field(6, WIRE.bytes),
  bytes: field(7, WIRE.bytes),
} as const;

/**
 * Reads one KeyValue into `attributes`; a key that comes again counts as the last one says. What has no key is left out.
 * @throws {AppError} `invalid_protobuf`, `too_deep`, `too_many_values`.
 */
export function readAttribute(
  reader: WireReader,
  end: number,
  attributes: Map<string, AttributeValue>,
  budget: ValueBudget,
): void {
  readPair(reader, end, { depth: 1, budget }, (key, value) => attributes.set(key, value));
}

interface Nesting {
  readonly depth: number;
  readonly budget: ValueBudget;
}

function readPair(
  reader: WireReader,
  end: number,
  nesting: Nesting,
  keep: (key: string, value: AttributeValue) => void,
): void {
  let key = '';
  let value: AttributeValue = null;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === KEY) key = reader.key(end);
    else if (tag === VALUE) value = readValue(reader, reader.open(end), nesting);
    else reader.skip(tag & 7, end);
  }
  if (key !== '') keep(key, value);
}

/** One AnyValue; null where it says nothing. The last of its members counts. */
export function readValue(reader: WireReader, end: number, { depth, budget }: Nesting): AttributeValue {
  checkDepth(depth);
  budget.take();
  const inner = { depth: depth + 1, budget };
  let value: AttributeValue = null;
  while (reader.at < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case ANY.text:
        value = reader.text(end);
        break;
      case ANY.bool:
        value = reader.bool(end);
        break;
      case ANY.int:
        value = reader.int64(end) as AttributeValue; // An ExactNumber stands for a number, as in all parsed JSON.
        break;
      case ANY.double:
        value = toAttributeNumber(reader.double(end));
        break;
      case ANY.list:
        value = readList(reader, reader.open(end), inner);
        break;
      case ANY.object:
        value = readObject(reader, reader.open(end), inner);
        break;
      case ANY.bytes:
        value = reader.base64(end);
        break;
      default:
        reader.skip(tag & 7, end);
    }
  }
  return value;
}

function readList(reader: WireReader, end: number, nesting: Nesting): AttributeValue[] {
  const list: AttributeValue[] = [];
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === ELEMENT) list.push(readValue(reader, reader.open(end), nesting));
    else reader.skip(tag & 7, end);
  }
  return list;
}

function readObject(reader: WireReader, end: number, nesting: Nesting): JsonObject {
  const object: JsonObject = {};
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === ELEMENT) {
      // A key named `__proto__` is a key like any other.
      readPair(reader, reader.open(end), nesting, (key, value) => setOwnMember(object, key, value));
    } else reader.skip(tag & 7, end);
  }
  return object;
}
