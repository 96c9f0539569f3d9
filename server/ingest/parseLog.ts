/** From a JSON object to a valid log. LogInput is the rule; the whole of it is asked only to say what is wrong. Pure. */
import type { JsonObject } from '#shared/primitives';
import { findMessagesProblem, LogFields, LogInput, type ParsedLog, putContentsInWords } from '#shared/request';
import { fromZodError } from '#server/errors';
import { withReadError } from './givenError.ts';
import { withReadStatus } from './givenStatus.ts';
import { FieldParser } from './parseFields.ts';

const fields = new FieldParser(LogFields.shape);

/**
 * Parses one log; fields we do not know are moved below its `metadata`.
 * @throws {AppError} `invalid_value`, naming the first field at fault.
 */
export function parseLog(given: JsonObject): ParsedLog {
  const item = withReadError(withReadStatus(given));
  const log = fields.parse(item);
  if (log === null || !isComplete(log)) return refuse(item);
  log.messages = putContentsInWords(log.endpoint, log.messages);
  return log;
}

/** What LogInput asks of the whole, beyond its fields. */
function isComplete(log: Record<string, unknown>): log is ParsedLog {
  const isNamed = log.model !== undefined && log.provider !== undefined && log.messages !== undefined;
  return isNamed && findMessagesProblem(typeof log.endpoint === 'string' ? log.endpoint : null, log.messages) === null;
}

function refuse(item: JsonObject): never {
  const parsed = LogInput.safeParse(fields.known(item));
  throw parsed.success
    ? new Error('LogInput takes a log that one of its fields refused.')
    : fromZodError(parsed.error, 'The log');
}
