/** Google's Agent Development Kit, which tells the whole request and the whole answer in the words of Gemini. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import { parseMessage } from '#shared/conversation/parseMessage';
import { readUsage } from '#shared/conversation/usage';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { AttributeReader } from './attributeReader.ts';
import { toChatMessages, toOneAnswer } from './chat.ts';
import { type Facts, NOTHING } from './facts.ts';
import { toTools } from './tools.ts';

/** What Google's ADK says of a span by its own names. */
export function readGoogleAdk(reader: AttributeReader): Facts {
  if (!reader.holds('gcp')) return NOTHING;
  // Empty objects where words are not to be kept, and on spans of tools.
  const request = objectOf(reader.json('gcp.vertex.agent.llm_request')) ?? {};
  const response = objectOf(reader.json('gcp.vertex.agent.llm_response')) ?? {};
  const messages = toChatMessages(request);
  const content = objectOf(response.content);
  return {
    messages: messages.length === 0 ? null : messages,
    answer:
      content === null
        ? null
        : toOneAnswer(
            [parseMessage({ role: 'assistant', parts: content.parts ?? [] })],
            textOf(response.finish_reason),
          ),
    tools: toTools(reader, listDeclared(objectOf(request.config))),
    // Before `gen_ai.usage.output_tokens`, which leaves thoughts out.
    usage: readUsage(response),
    session_id: reader.text('gcp.vertex.agent.session_id'),
    input: reader.json('gcp.vertex.agent.tool_call_args'),
    output: reader.json('gcp.vertex.agent.tool_response'),
  };
}

function listDeclared(config: JsonObject | null): JsonValue[] {
  return listOf(config?.tools).flatMap((tool) => [...listOf(objectOf(tool)?.function_declarations)]);
}
