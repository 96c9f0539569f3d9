/** Haystack's own tracing of pipelines: components with what they were given and gave back, where it is told to keep it. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import { readUsage } from '#shared/conversation/usage';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import type { AttributeReader } from './attributeReader.ts';
import { toChatMessages, toChoices, toFinishReason } from './chat.ts';
import { type Facts, NOTHING } from './facts.ts';

/** By how the name of a component's class ends. */
const ROLES: readonly (readonly [ending: RegExp, role: SpanRole])[] = [
  [/Retriever$/, 'retriever'],
  [/Ranker$/, 'reranker'],
  [/Agent$/, 'agent'],
  [/ToolInvoker$/, 'tool'],
];

/** What Haystack says of a span by its own names. */
export function readHaystack(reader: AttributeReader): Facts {
  if (!reader.holds('haystack')) return NOTHING;
  const type = reader.text('haystack.component.type');
  const name = reader.text('haystack.component.name');
  const input = reader.json('haystack.component.input', 'haystack.pipeline.input_data');
  const output = reader.json('haystack.component.output', 'haystack.pipeline.output_data');
  const replies = listOf(objectOf(output)?.replies);
  const step: Facts = { name, input, output, role: ROLES.find(([ending]) => ending.test(type ?? ''))?.[1] ?? 'chain' };
  return replies.length > 0 && type?.endsWith('Generator') === true
    ? { ...step, ...readCall(input, output, replies) }
    : step;
}

/** A generator for chats gives messages with `meta`, another one texts with a list `meta` beside them. */
function readCall(input: JsonValue, output: JsonValue, replies: readonly JsonValue[]): Facts {
  const given = objectOf(input);
  const meta = objectOf(objectOf(replies[0])?.meta) ?? objectOf(listOf(objectOf(output)?.meta)[0]) ?? {};
  const reason = toFinishReason(textOf(meta.finish_reason));
  const messages = toChatMessages(given?.messages ?? given?.prompt ?? null);
  return {
    role: 'llm',
    model: textOf(meta.model),
    messages: messages.length === 0 ? null : messages,
    answer: toChoices(replies.map(toReply), [reason]),
    finish_reason: reason,
    usage: readUsage({ usage: objectOf(meta.usage) }),
  };
}

function toReply(reply: JsonValue): JsonObject {
  const fields = objectOf(reply);
  return { role: 'assistant', content: fields === null ? reply : (fields.content ?? fields._content ?? null) };
}
