/** Attributes and their values as JSON: lists of pairs, and values that name their type. */
import { ExactNumber, setOwnMember } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { checkDepth, refusal, toAttributeNumber, type ValueBudget } from './decoded.ts';
import type { AttributeValue, Attributes } from './span.ts';

interface Nesting {
  readonly depth: number;
  readonly budget: ValueBudget;
}

const WHOLE_NUMBER = /^-?\d{1,20}$/;
const NOT_FINITE: readonly JsonValue[] = ['NaN', 'Infinity', '-Infinity'];

/**
 * A list of `{key, value}`; a key that comes again counts as the last one says. What has no key is left out.
 * @throws {AppError} `invalid_value`, `too_deep`, `too_many_values`.
 */
export function readAttributes(list: JsonValue | undefined, budget: ValueBudget): Attributes {
  const attributes = new Map<string, AttributeValue>();
  if (list === undefined || list === null) return attributes;
  readPairs(list, { depth: 1, budget }, (key, value) => attributes.set(key, value));
  return attributes;
}

/** One AnyValue; null where it says nothing. */
export function readValue(value: JsonValue | undefined, { depth, budget }: Nesting): AttributeValue {
  checkDepth(depth);
  budget.take();
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw refusal('A value must be an object that names its type, such as {"stringValue":"x"}.');
  const inner = { depth: depth + 1, budget };
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (given(stringValue)) return requireText(stringValue, 'stringValue');
  if (given(boolValue)) {
    if (typeof boolValue === 'boolean') return boolValue;
    throw refusal('`boolValue` must be true or false.');
  }
  if (given(intValue)) return readInt(intValue);
  if (given(doubleValue)) return readDouble(doubleValue);
  if (given(arrayValue)) return membersOf(arrayValue, 'arrayValue').map((member) => readValue(member, inner));
  if (given(kvlistValue)) {
    const object: JsonObject = {};
    // A key named `__proto__` is a key like any other.
    readPairs(membersOf(kvlistValue, 'kvlistValue'), inner, (key, member) => setOwnMember(object, key, member));
    return object;
  }
  // Read and written again, since it may come in the alphabet of URLs.
  if (given(bytesValue)) return Buffer.from(requireText(bytesValue, 'bytesValue'), 'base64').toString('base64');
  return null;
}

function readPairs(list: JsonValue, nesting: Nesting, keep: (key: string, value: AttributeValue) => void): void {
  if (!Array.isArray(list)) {
    throw refusal(
      '`attributes` must be a list such as [{"key":"user.id","value":{"stringValue":"x"}}], not an object.',
    );
  }
  for (const pair of list) {
    if (!isObject(pair)) throw refusal('An attribute must be an object with `key` and `value`.');
    const { key = '', value } = pair;
    const text = requireText(key, 'key');
    const decoded = readValue(value, nesting);
    if (text !== '') keep(text, decoded);
  }
}

/** The list in `{"values":[…]}`, which may be missing where it is empty. */
function membersOf(value: JsonValue, name: string): JsonValue[] {
  const values = isObject(value) ? (value.values ?? []) : null;
  if (Array.isArray(values)) return values;
  throw refusal(`\`${name}\` must be an object with a list \`values\`.`);
}

function given(value: JsonValue | undefined): value is Exclude<JsonValue, null> {
  return value !== undefined && value !== null;
}

function requireText(value: JsonValue, name: string): string {
  if (typeof value === 'string') return value;
  throw refusal(`\`${name}\` must be a string.`);
}

/** A number of 64 bits as it was written, as a string or a number; empty for anything else. */
export function toDigits(value: unknown): string {
  if (value instanceof ExactNumber) return value.literal;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A string or a number; one that `number` cannot hold keeps its digits. */
function readInt(value: unknown): AttributeValue {
  const digits = toDigits(value);
  if (!WHOLE_NUMBER.test(digits)) throw refusal('`intValue` must be a whole number, such as "12".');
  const number = Number(digits);
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  return new ExactNumber(String(BigInt(digits))) as unknown as AttributeValue; // It stands for a number.
}

function readDouble(value: unknown): AttributeValue {
  if (typeof value === 'number') return value;
  if (value instanceof ExactNumber) return toAttributeNumber(value.toNumber());
  if (NOT_FINITE.includes(value as JsonValue)) return value as string; // It is one of them.
  throw refusal('`doubleValue` must be a number, or "NaN", "Infinity" or "-Infinity".');
}

/** True of an object, which a number that keeps its digits is not. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}
