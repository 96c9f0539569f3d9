/**
 * The fields of a log or a span, each by its own schema: only those that came are asked, since a log has a third of
 * them. What nobody knows is kept below `metadata`. Pure, apart from what it remembers.
 */
import { z } from 'zod';
import { ExactNumber } from '#shared/exactJson';
import { type JsonObject, JsonValue, LIMITS } from '#shared/primitives';

interface Field {
  /** The schema of a value that is there: without `nullish()`, which is decided here. */
  readonly schema: z.ZodType;
  /** What is to be a number within an object. */
  readonly numbers: readonly string[];
  /** Texts that passed unchanged, up to PASSED_TEXTS: the model, the provider and their like say the same for days. A long one is not looked for: its hash takes longer than its schema. */
  readonly passed: Set<string>;
}

const PASSED_TEXTS = 100;
const PASSED_LENGTH = 64;

/** Reads an object by the schemas of those of its fields that came. */
export class FieldParser {
  readonly #fields: ReadonlyMap<string, Field>;

  constructor(shape: Readonly<Record<string, z.ZodType>>) {
    this.#fields = new Map(
      Object.entries(shape).map(([name, optional]) => {
        const schema = innermost(optional);
        return [name, { schema, numbers: listNumbers(schema), passed: new Set() }];
      }),
    );
  }

  /** The values of the fields that came; null where one is not valid. Whether one is missing is the caller's question. */
  parse(item: JsonObject): Record<string, unknown> | null {
    const values: Record<string, unknown> = {};
    // Not an object yet: a field named `__proto__` would become its prototype.
    const unknown: [string, JsonValue][] = [];
    for (const name of Object.keys(item)) {
      const value = item[name];
      const field = this.#fields.get(name);
      if (value === undefined || (value === null && field)) continue;
      if (field === undefined) {
        // One more than can be stored says enough: to move very many takes longer than to parse them.
        if (unknown.length <= LIMITS.objectKeys) unknown.push([name, value]);
      } else if (typeof value === 'string' && value.length <= PASSED_LENGTH && field.passed.has(value)) {
        values[name] = value;
      } else {
        const parsed = field.schema.safeParse(typeof value === 'object' ? withPlainNumbers(field, value) : value);
        if (!parsed.success) return null;
        values[name] = parsed.data;
        if (parsed.data === value) remember(field, value);
      }
    }
    if (unknown.length > 0) {
      values.metadata = { ...Object.fromEntries(unknown), ...(values.metadata as JsonObject | undefined) };
    }
    return values;
  }

  /** The known fields alone, with the numbers that their schemas can judge. */
  known(item: JsonObject): Record<string, unknown> {
    return Object.fromEntries(
      [...this.#fields].flatMap(([name, field]) => {
        const value = Object.hasOwn(item, name) ? item[name] : undefined;
        return value === undefined ? [] : [[name, withPlainNumbers(field, value)]];
      }),
    );
  }
}

function innermost(schema: z.ZodType): z.ZodType {
  return 'unwrap' in schema && typeof schema.unwrap === 'function' ? innermost(schema.unwrap()) : schema;
}

function remember({ passed }: Field, value: JsonValue): void {
  if (typeof value === 'string' && value.length <= PASSED_LENGTH && passed.size < PASSED_TEXTS) passed.add(value);
}

/** Members of an object that its schema wants to be numbers. */
function listNumbers(schema: z.ZodType): string[] {
  const shape: Readonly<Record<string, z.ZodType>> = schema instanceof z.ZodObject ? schema.shape : {};
  return Object.entries(shape).flatMap(([name, member]) => (innermost(member) instanceof z.ZodNumber ? [name] : []));
}

/** `12.0` is a number where a number is asked for; where JSON is kept as it came, it keeps its digits. */
function withPlainNumbers({ schema, numbers }: Field, value: JsonValue): unknown {
  if (value instanceof ExactNumber) return schema === JsonValue ? value : value.toNumber();
  if (numbers.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const plain = numbers.flatMap((name) => {
    const number = value[name];
    return number instanceof ExactNumber ? [[name, number.toNumber()] as const] : [];
  });
  return plain.length === 0 ? value : { ...value, ...Object.fromEntries(plain) };
}
