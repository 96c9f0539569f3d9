/** What Pydantic AI says beside the GenAI conventions, and its first format, which had all messages in one attribute. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { AttributeReader } from './attributeReader.ts';
import { fromChoices, toChatMessages } from './chat.ts';
import { type Facts, NOTHING } from './facts.ts';
import { readSaidEvent } from './oldEvents.ts';
import { toTools } from './tools.ts';

/** What Pydantic AI says of a span by its own names. */
export function readPydanticAi(reader: AttributeReader): Facts {
  if (!reader.holds('pydantic_ai', 'logfire', 'tool_arguments', 'final_result', 'model_request_parameters'))
    return NOTHING;
  // It says how logfire shows the others.
  reader.value('logfire.json_schema');
  const all = reader.json('pydantic_ai.all_messages');
  // Its first format says of an agent but what was said in it.
  const run = reader.json('all_messages_events');
  return {
    ...readOldMessages(listOf(reader.json('events'))),
    ...(run === null ? NOTHING : { role: 'agent', name: reader.text('agent_name') }),
    tools: readTools(reader),
    usage: { reasoning_tokens: reader.count('gen_ai.usage.details.reasoning_tokens') },
    input:
      reader.json('tool_arguments') ??
      (all === null ? (readOldMessages(listOf(run)).messages ?? null) : toChatMessages(all)),
    output: reader.json('tool_response', 'final_result'),
  };
}

/** Of versions before they told them as `gen_ai.tool.definitions`. */
function readTools(reader: AttributeReader): JsonValue[] | null {
  const parameters = objectOf(reader.json('model_request_parameters'));
  return toTools(reader, [...listOf(parameters?.function_tools), ...listOf(parameters?.output_tools)]);
}

/** `[{"event.name": "gen_ai.user.message", role, content}, …, {"event.name": "gen_ai.choice", message}]`. */
function readOldMessages(events: readonly JsonValue[]): Pick<Facts, 'messages' | 'answer'> {
  const messages: JsonValue[] = [];
  const choices: JsonObject[] = [];
  for (const event of events) {
    const body = objectOf(event);
    const said = body === null ? null : readSaidEvent(textOf(body['event.name']) ?? '', body);
    if (said?.kind === 'message') messages.push(said.message);
    else if (said?.kind === 'choice') choices.push(said.choice);
  }
  return { messages: messages.length === 0 ? null : messages, answer: fromChoices(choices) };
}
