/** The tools offered to a model, from the shapes that providers take them in. */
import type { JsonValue } from '#shared/primitives';
import { isObject, textOf } from './messageParts.ts';

export type ToolDefinition = { readonly name: string; readonly description: string | null; readonly schema: JsonValue };

export function parseToolDefinitions(tools: JsonValue): ToolDefinition[] {
  return (Array.isArray(tools) ? tools : [tools]).map((tool, index) => {
    if (!isObject(tool)) return { name: `tool ${index + 1}`, description: null, schema: tool };
    // Chat completions nest the definition under `function`; Responses and Anthropic do not.
    const named = isObject(tool.function) ? tool.function : tool;
    return {
      name: textOf(named.name) ?? textOf(tool.type) ?? `tool ${index + 1}`,
      description: textOf(named.description),
      schema: named.parameters ?? named.input_schema ?? tool,
    };
  });
}
