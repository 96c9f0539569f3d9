/** Logfire's instrumentations of OpenAI and Anthropic, which keep what was sent and what came back as two objects. */
import { listOf, objectOf } from '#shared/conversation/part';
import { readUsage } from '#shared/conversation/usage';
import type { JsonObject } from '#shared/primitives';
import type { AttributeReader } from './attributeReader.ts';
import { type Answer, textAnswer, toChoices } from './chat.ts';
import { readSent } from './exchange.ts';
import { type Facts, NOTHING } from './facts.ts';

/** What logfire's instrumentation of OpenAI and Anthropic says of a span by its own names. */
export function readLogfire(reader: AttributeReader): Facts {
  if (!reader.holds('request_data')) return NOTHING;
  const request = objectOf(reader.json('request_data'));
  if (request === null || listOf(request.messages).length === 0) return NOTHING;
  const response = objectOf(reader.json('response_data'));
  return {
    ...readSent(reader, request),
    answer: response === null ? null : readAnswer(response),
    usage: response === null ? null : readUsage(response),
  };
}

/** Of a stream the text alone is told. */
function readAnswer({ message, combined_chunk_content: streamed }: JsonObject): Answer | null {
  if (objectOf(message) !== null) return toChoices([message ?? null]);
  return typeof streamed === 'string' ? textAnswer(streamed, null) : null;
}
