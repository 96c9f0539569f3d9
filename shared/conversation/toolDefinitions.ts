/** The tools offered to a model, from the shapes that providers take them in. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { listOf, objectOf, textOf } from './part.ts';

export interface ToolDefinition {
  readonly name: string;
  readonly description: string | null;
  /** Its parameters; the whole definition where it names none. */
  readonly schema: JsonValue;
}

/** One entry a tool. What has no name goes by its type, or by its place. */
export function parseToolDefinitions(tools: JsonValue): ToolDefinition[] {
  const outer = objectOf(tools);
  // Bedrock: {tools: [...]}.
  const list = outer !== null && Array.isArray(outer.tools) ? outer.tools : Array.isArray(tools) ? tools : [tools];
  return list.flatMap(flatten).map(readTool);
}

/** Gemini lists several functions in one entry. */
function flatten(tool: JsonValue): readonly JsonValue[] {
  const fields = objectOf(tool);
  const declarations = listOf(fields?.functionDeclarations ?? fields?.function_declarations);
  return declarations.length === 0 ? [tool] : declarations;
}

function readTool(tool: JsonValue, index: number): ToolDefinition {
  const fields = objectOf(tool);
  if (fields === null) return { name: `tool ${index + 1}`, description: null, schema: tool };
  // Chat completions and Bedrock nest the definition; Responses, Anthropic and Gemini do not.
  const named = objectOf(fields.function) ?? objectOf(fields.custom) ?? objectOf(fields.toolSpec) ?? fields;
  return {
    name: textOf(named.name) ?? textOf(fields.type) ?? `tool ${index + 1}`,
    description: textOf(named.description),
    schema: schemaOf(named) ?? tool,
  };
}

function schemaOf(named: JsonObject): JsonValue | undefined {
  const schema = named.parameters ?? named.input_schema ?? named.inputSchema;
  return objectOf(schema)?.json ?? schema;
}
