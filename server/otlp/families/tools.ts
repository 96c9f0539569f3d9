/** The tools offered to a model, in the form of chat completions where they have another that is known. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { AttributeReader } from './attributeReader.ts';

/** A list, one definition, or JSON text of either; entries may be JSON text too. Null where there is none. */
export function toTools(reader: AttributeReader, given: JsonValue): JsonValue[] | null {
  const parsed = typeof given === 'string' ? reader.parse(given) : given;
  const list = Array.isArray(parsed) ? parsed : objectOf(parsed) === null ? [] : [parsed];
  const tools = list.map((tool) => toTool(typeof tool === 'string' ? reader.parse(tool) : tool));
  return tools.length === 0 ? null : tools;
}

/** `{type: 'function', function: {…}}` of a function that stands flat; what is not known is kept as it came. */
function toTool(tool: JsonValue): JsonValue {
  const fields = objectOf(tool);
  if (fields === null || objectOf(fields.function) !== null) return tool;
  const name = textOf(fields.name);
  const type = textOf(fields.type) ?? 'function';
  if (name === null || type !== 'function') return tool;
  const parameters = fields.parameters ?? fields.inputSchema ?? fields.input_schema ?? fields.parameters_json_schema;
  const definition: JsonObject = { name };
  if (textOf(fields.description) !== null) definition.description = fields.description ?? null;
  if (parameters !== undefined && parameters !== null) definition.parameters = parameters;
  if (typeof fields.strict === 'boolean') definition.strict = fields.strict;
  return { type: 'function', function: definition };
}

/** The parameters of functions are JSON text in OpenLLMetry's indexed form. */
export function toIndexedTools(reader: AttributeReader, functions: readonly JsonValue[]): JsonValue[] | null {
  const tools = functions.flatMap((one) => {
    const fields = objectOf(one);
    if (fields === null) return [];
    const { parameters } = fields;
    return [
      toTool({
        ...fields,
        parameters: typeof parameters === 'string' ? reader.parse(parameters) : (parameters ?? null),
      }),
    ];
  });
  return listOf(tools).length === 0 ? null : tools;
}
