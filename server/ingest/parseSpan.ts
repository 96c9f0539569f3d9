/** From a JSON object to a valid span, by the rules of a log. Pure. */
import type { JsonObject } from '#shared/primitives';
import { type ParsedSpan, SpanInput } from '#shared/trace';
import { fromZodError } from '#server/errors';
import { withReadError } from './givenError.ts';
import { withReadStatus } from './givenStatus.ts';
import { FieldParser } from './parseFields.ts';

const fields = new FieldParser(SpanInput.shape);
const REQUIRED = ['id', 'trace_id', 'name', 'started_at'] as const satisfies readonly (keyof ParsedSpan)[];

/**
 * Parses one span; fields we do not know are moved below its `metadata`.
 * @throws {AppError} `invalid_value`, naming the first field at fault.
 */
export function parseSpan(given: JsonObject): ParsedSpan {
  const item = withReadError(withReadStatus(given));
  const span = fields.parse(item);
  return span !== null && isComplete(span) ? span : refuse(item);
}

function isComplete(span: Record<string, unknown>): span is ParsedSpan {
  return REQUIRED.every((name) => span[name] !== undefined);
}

function refuse(item: JsonObject): never {
  const parsed = SpanInput.safeParse(fields.known(item));
  throw parsed.success
    ? new Error('SpanInput takes a span that one of its fields refused.')
    : fromZodError(parsed.error, 'The span');
}
