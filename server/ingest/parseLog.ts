/**
 * From a JSON object to a valid log. LogInput is the rule; here only the fields that came are asked, since a log has a
 * third of them, and the whole schema is asked only to say what is wrong. Pure.
 */
import type { z } from 'zod';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { findMessagesProblem, LogFields, LogInput, type ParsedLog } from '#shared/request';
import { fromZodError } from '#server/errors';

/** The schema of each field without its "may be missing": that is known here. */
const FIELDS: ReadonlyMap<string, z.ZodType> = new Map(
  Object.entries(LogFields.shape).map(([name, schema]) => [name, innermost(schema)]),
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
  for (const [name, value] of Object.entries(item)) {
    const schema = FIELDS.get(name);
    if (schema === undefined) {
      unknown.push([name, value]);
    } else if (value !== null) {
      const parsed = schema.safeParse(value);
      if (!parsed.success) return refuse(item);
      log[name] = parsed.data;
    }
  }
  if (!isComplete(log)) return refuse(item);
  if (unknown.length > 0) log.metadata = { ...Object.fromEntries(unknown), ...log.metadata };
  return log;
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
