/** A value against a JSON schema. Pure; runs in a worker, since a pattern of a schema may take for ever. */
import { Validator } from '@cfworker/json-schema';

/** Where the value breaks the schema, each place as a JSON pointer; empty where it keeps it. */
export interface SchemaVerdict {
  readonly faults: readonly { readonly place: string; readonly message: string }[];
  /** Why it could not be checked; null where it was. */
  readonly problem: string | null;
}

const MOST_FAULTS = 20;
/** What a schema says beside a fault that lies deeper: that something below it is wrong. */
const SUMMARIES = new Set([
  'properties',
  'items',
  'prefixItems',
  'additionalProperties',
  '$ref',
  'patternProperties',
  'allOf',
]);

/** Checks a value by JSON Schema 2020-12. Never throws: what is no schema, or one that cannot be read, is a `problem`. */
export function checkSchema(value: unknown, schema: unknown): SchemaVerdict {
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null || Array.isArray(schema))) {
    return { faults: [], problem: 'What was given as a schema is none.' };
  }
  try {
    const { valid, errors } = new Validator(toNullable(schema) as object, '2020-12', false).validate(value);
    if (valid) return { faults: [], problem: null };
    const own = errors.filter(({ keyword }) => !SUMMARIES.has(keyword));
    const faults = (own.length > 0 ? own : errors).slice(0, MOST_FAULTS).map(({ instanceLocation, error }) => ({
      place: instanceLocation.replace(/^#/, '') || '/',
      message: error,
    }));
    return { faults, problem: null };
  } catch (error) {
    return { faults: [], problem: `Its schema cannot be read: ${error instanceof Error ? error.message : 'unknown'}` };
  }
}

/** Gemini and OpenAPI 3.0 say `nullable` and write types in capital letters. */
function toNullable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toNullable);
  if (typeof schema !== 'object' || schema === null) return schema;
  const read = Object.fromEntries(Object.entries(schema).map(([name, inner]) => [name, toNullable(inner)]));
  const { type } = read;
  const known = typeof type === 'string' && /^[A-Z]+$/.test(type) ? type.toLowerCase() : type;
  if (known === undefined) return read;
  return { ...read, type: read.nullable === true && typeof known === 'string' ? [known, 'null'] : known };
}
