/**
 * From a JSON object to a valid log. LogInput is the rule; here only the fields that came are asked, since a log has a
 * third of them, and the whole schema is asked only to say what is wrong. Pure.
 */
import type { z } from 'zod';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { findMessagesProblem, LogFields, LogInput, type ParsedLog } from '#shared/request';
import { fromZodError } from '#server/errors';

interface Field {
  /** Without its "may be missing": that is known here. */
  readonly schema: z.ZodType;
  /** Texts that passed unchanged, up to PASSED_TEXTS: the model, the provider and their like say the same for days. */
  readonly passed: Set<string>;
}

const PASSED_TEXTS = 100;
const PASSED_LENGTH = 64;

const FIELDS: ReadonlyMap<string, Field> = new Map(
  Object.entries(LogFields.shape).map(([name, schema]) => [name, { schema: innermost(schema), passed: new Set() }]),
);

function innermost(schema: z.ZodType): z.ZodType {
  return 'unwrap' in schema && typeof schema.unwrap === 'function' ? innermost(schema.unwrap()) : schema;
}

/**
 * Parses one log; fields we do not know are moved below its `metadata`.
 * @throws {AppError} `invalid_value`, naming the first field at fault.
 */
export function parseLog(item: JsonObject): ParsedLog {
  const log: Record<string, unknown> = {};
  // Not an object yet: a field named `__proto__` would become its prototype.
  const unknown: [string, JsonValue][] = [];
  for (const name of Object.keys(item)) {
    const value = item[name];
    const field = FIELDS.get(name);
    if (value === undefined || (value === null && field)) continue;
    if (field === undefined) {
      unknown.push([name, value]);
    } else if (typeof value === 'string' && field.passed.has(value)) {
      log[name] = value;
    } else {
      const parsed = field.schema.safeParse(value);
      if (!parsed.success) return refuse(item);
      log[name] = parsed.data;
      if (parsed.data === value) remember(field, value);
    }
  }
  if (!isComplete(log)) return refuse(item);
  if (unknown.length > 0) log.metadata = { ...Object.fromEntries(unknown), ...log.metadata };
  return log;
}

function remember({ passed }: Field, value: JsonValue): void {
  if (typeof value === 'string' && value.length <= PASSED_LENGTH && passed.size < PASSED_TEXTS) passed.add(value);
}

/** What LogInput asks of the whole, beyond its fields. */
function isComplete(log: Record<string, unknown>): log is ParsedLog {
  const isNamed = log.model !== undefined && log.provider !== undefined && log.messages !== undefined;
  return isNamed && findMessagesProblem(typeof log.endpoint === 'string' ? log.endpoint : null, log.messages) === null;
}

function refuse(item: JsonObject): ParsedLog {
  const known = Object.fromEntries(Object.entries(item).filter(([name]) => FIELDS.has(name)));
  const parsed = LogInput.safeParse(known);
  if (!parsed.success) throw fromZodError(parsed.error, 'The log');
  return parsed.data;
}
