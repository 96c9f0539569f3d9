/** Logfire's instrumentations of OpenAI and Anthropic, which keep what was sent and what came back as two objects. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import { readUsage } from '#shared/conversation/usage';
import type { JsonObject } from '#shared/primitives';
import type { AttributeReader } from './attributeReader.ts';
import { type Answer, textAnswer, toChatMessages, toChoices } from './chat.ts';
import { type Facts, NOTHING } from './facts.ts';
import { toTools } from './tools.ts';

/** Members of the request that are fields of a call. */
const FIELDS = new Set(['model', 'messages', 'system', 'tools', 'stream']);

/** What logfire's instrumentation of OpenAI and Anthropic says of a span by its own names. */
export function readLogfire(reader: AttributeReader): Facts {
  if (!reader.holds('request_data')) return NOTHING;
  const request = objectOf(reader.json('request_data'));
  if (request === null || listOf(request.messages).length === 0) return NOTHING;
  const response = objectOf(reader.json('response_data'));
  const parameters = Object.fromEntries(
    Object.entries(request).filter(([name, value]) => !FIELDS.has(name) && value !== null),
  );
  return {
    model: textOf(request.model),
    messages: toChatMessages(request),
    answer: response === null ? null : readAnswer(response),
    tools: toTools(reader, request.tools ?? null),
    parameters: Object.keys(parameters).length === 0 ? null : parameters,
    usage: response === null ? null : readUsage(response),
    stream: typeof request.stream === 'boolean' ? request.stream : null,
  };
}

/** Of a stream the text alone is told. */
function readAnswer({ message, combined_chunk_content: streamed }: JsonObject): Answer | null {
  if (objectOf(message) !== null) return toChoices([message ?? null]);
  return typeof streamed === 'string' ? textAnswer(streamed, null) : null;
}
