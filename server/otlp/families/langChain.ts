/** What LangChain wraps around what its steps are given and give back, whichever instrumentation records it. */
import { objectOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { AttributeReader } from './attributeReader.ts';

/** What a step was given, without the settings of the run around it. */
export function unwrapInput(input: JsonValue): JsonValue {
  const fields = objectOf(input);
  if (fields === null || !isRun(fields)) return input;
  return fields.inputs ?? fields.input_str ?? input;
}

/** What a run of LangChain put out; anything else as it is. */
export function unwrapOutput(output: JsonValue): JsonValue {
  const fields = objectOf(output);
  if (fields === null || !isRun(fields)) return output;
  return fields.outputs ?? fields.output ?? output;
}

function isRun(fields: JsonObject): boolean {
  return Object.hasOwn(fields, 'kwargs') && !Object.hasOwn(fields, 'lc');
}

/** What a tool gave back, without the message around it, in any of the three forms that it has. */
export function unwrapToolResult(reader: AttributeReader, output: JsonValue): JsonValue {
  const fields = objectOf(output);
  const message = objectOf(fields?.data) ?? objectOf(fields?.kwargs) ?? fields;
  if (message === null || (message.type ?? fields?.type) !== 'tool') return output;
  const { content } = message;
  return typeof content === 'string' ? reader.parse(content) : (content ?? output);
}
