/** The attributes that tell of a model call: those of OpenTelemetry's GenAI conventions, and those of OpenInference. Pure. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { DemoLog } from '../lib/realisticLogs.ts';

/** Undefined: the call has none. */
type Attributes = Record<string, JsonValue | undefined>;

interface ToolCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

/** https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ */
export function toGenAiAttributes(log: DemoLog): Attributes {
  const parameters = (log.parameters ?? {}) as JsonObject;
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': log.provider,
    'gen_ai.request.model': log.model,
    'gen_ai.response.model': log.response_model ?? undefined,
    'gen_ai.response.id': log.provider_request_id ?? undefined,
    'gen_ai.response.finish_reasons': log.finish_reason ? [log.finish_reason] : undefined,
    'gen_ai.request.temperature': parameters.temperature,
    'gen_ai.request.max_tokens': parameters.max_tokens,
    'gen_ai.usage.input_tokens': log.input_tokens ?? undefined,
    'gen_ai.usage.output_tokens': log.output_tokens ?? undefined,
    'gen_ai.usage.cache_read.input_tokens': log.cached_input_tokens ?? undefined,
    'gen_ai.usage.reasoning.output_tokens': log.reasoning_tokens ?? undefined,
    'gen_ai.tool.definitions': log.tools ? JSON.stringify(log.tools) : undefined,
    'gen_ai.input.messages': JSON.stringify(toMessages(log.messages)),
    'gen_ai.output.messages': JSON.stringify([
      { role: 'assistant', parts: [{ type: 'text', content: log.response_content ?? '' }], finish_reason: 'stop' },
    ]),
    'user.id': log.user_id ?? undefined,
    'session.id': log.session_id ?? undefined,
    'deployment.environment.name': log.environment ?? undefined,
    'server.address': 'api.openai.com',
    'server.port': 443,
  };
}

function toMessages(messages: unknown): JsonValue {
  if (!Array.isArray(messages)) return [{ role: 'user', parts: [{ type: 'text', content: JSON.stringify(messages) }] }];
  return messages.map(({ role, content, tool_calls, tool_call_id }) => {
    if (tool_call_id !== undefined) {
      return { role, parts: [{ type: 'tool_call_response', id: tool_call_id, response: content }] };
    }
    const calls = (tool_calls ?? []).map((call: ToolCall) => ({
      type: 'tool_call',
      id: call.id,
      name: call.function.name,
      arguments: call.function.arguments,
    }));
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    return { role, parts: [...(content === null ? [] : [{ type: 'text', content: text }]), ...calls] };
  });
}

/** https://arize-ai.github.io/openinference/spec/spans/llm.html, with the words of the call once: as its messages, not as `input.value` too. */
export function toOpenInferenceAttributes(log: DemoLog): Attributes {
  return {
    'openinference.span.kind': 'LLM',
    'llm.system': log.provider,
    'llm.provider': log.provider,
    'llm.model_name': log.response_model ?? log.model,
    'llm.invocation_parameters': JSON.stringify(log.parameters ?? {}),
    'llm.token_count.prompt': log.input_tokens ?? undefined,
    'llm.token_count.completion': log.output_tokens ?? undefined,
    'llm.token_count.prompt_details.cache_read': log.cached_input_tokens ?? undefined,
    'llm.token_count.completion_details.reasoning': log.reasoning_tokens ?? undefined,
    ...Object.fromEntries(
      (Array.isArray(log.tools) ? log.tools : []).map((tool, place) => [
        `llm.tools.${place}.tool.json_schema`,
        JSON.stringify(tool),
      ]),
    ),
    ...flattenMessages(log.messages),
    'llm.output_messages.0.message.role': 'assistant',
    'llm.output_messages.0.message.content': log.response_content ?? undefined,
    'user.id': log.user_id ?? undefined,
    'session.id': log.session_id ?? undefined,
  };
}

function flattenMessages(messages: unknown): Attributes {
  const flat: Attributes = {};
  const list = Array.isArray(messages) ? messages : [{ role: 'user', content: messages }];
  for (const [place, { role, content, tool_calls, tool_call_id }] of list.entries()) {
    const prefix = `llm.input_messages.${place}.message`;
    flat[`${prefix}.role`] = role;
    flat[`${prefix}.tool_call_id`] = tool_call_id;
    if (content !== null) flat[`${prefix}.content`] = typeof content === 'string' ? content : JSON.stringify(content);
    for (const [index, call] of ((tool_calls ?? []) as ToolCall[]).entries()) {
      const name = `${prefix}.tool_calls.${index}.tool_call`;
      flat[`${name}.id`] = call.id;
      flat[`${name}.function.name`] = call.function.name;
      flat[`${name}.function.arguments`] = call.function.arguments;
    }
  }
  return flat;
}
