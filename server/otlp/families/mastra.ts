/** What Mastra's exporter says beside the GenAI conventions: what its agents, workflows and their steps took and gave back. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import type { AttributeReader } from './attributeReader.ts';
import { toChatMessages, toSystemMessage } from './chat.ts';
import { type Facts, NOTHING } from './facts.ts';
import { msFromStart } from './genAi.ts';
import { toTags } from './tags.ts';

/** What Mastra says of a span by its own names. `startMs`: when it began, since the first token is a point in time. */
export function readMastra(reader: AttributeReader, startMs: number): Facts {
  if (!reader.holds('mastra')) return NOTHING;
  const type = reader.text('mastra.span.type')?.toLowerCase() ?? '';
  const input = reader.json(`mastra.${type}.input`);
  const { userId, sessionId, ...metadata } = reader.below('mastra.metadata.');
  return {
    role: roleOf(type),
    user_id: typeof userId === 'string' ? userId : null,
    session_id: typeof sessionId === 'string' ? sessionId : null,
    tags: toTags(reader.json('mastra.tags')),
    metadata,
    ttft_ms: msFromStart(reader.text('mastra.completion_start_time'), startMs),
    messages: type === 'rag_embedding' && (typeof input === 'string' || Array.isArray(input)) ? input : null,
    input: withInstructions(reader, input),
    output: reader.json(`mastra.${type}.output`),
  };
}

/** Of kinds that the conventions have no operation for. */
function roleOf(type: string): SpanRole | null {
  if (type.startsWith('workflow_')) return 'chain';
  return type.startsWith('scorer_') ? 'evaluator' : null;
}

/** The instructions of an agent stand beside its input. */
function withInstructions(reader: AttributeReader, input: JsonValue): JsonValue {
  const instructions: JsonObject[] = toSystemMessage(reader.quoted('gen_ai.system_instructions'));
  return input === null || instructions.length === 0 ? input : [...instructions, ...toChatMessages(input)];
}
