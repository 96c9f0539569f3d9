/** Whole answers in the form that providers send them. */
import type { JsonValue } from '#shared/primitives';
import type { Random } from './random.ts';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as a model writes it. */
  readonly arguments: string;
}

export interface Answer {
  readonly model: string;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: string | null;
  readonly startedAt: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export function toolCall(random: Random, name: string, args: JsonValue): ToolCall {
  return { id: `call_${random.letters(20)}`, name, arguments: JSON.stringify(args) };
}

/** The message of an assistant, as it is sent back with the next call. */
export function assistantMessage(text: string | null, toolCalls: readonly ToolCall[] = []): JsonValue {
  if (toolCalls.length === 0) return { role: 'assistant', content: text };
  return {
    role: 'assistant',
    content: text,
    tool_calls: toolCalls.map(({ id, name, arguments: args }) => ({
      id,
      type: 'function',
      function: { name, arguments: args },
    })),
  };
}

export function toolResult(call: ToolCall, result: JsonValue): JsonValue {
  return { role: 'tool', tool_call_id: call.id, content: typeof result === 'string' ? result : JSON.stringify(result) };
}

/** The definition of a tool whose arguments are all strings. */
export function toolDefinition(name: string, description: string, args: Record<string, string>): JsonValue {
  const properties = Object.fromEntries(
    Object.entries(args).map(([key, text]) => [key, { type: 'string', description: text }]),
  );
  return {
    type: 'function',
    function: {
      name,
      description,
      parameters: { type: 'object', properties, required: Object.keys(args), additionalProperties: false },
    },
  };
}

export function chatCompletion(random: Random, answer: Answer): JsonValue {
  const content = answer.text === '' && answer.toolCalls.length > 0 ? null : answer.text;
  return {
    id: `chatcmpl-${random.letters(29)}`,
    object: 'chat.completion',
    created: Math.floor(answer.startedAt / 1000),
    model: answer.model,
    choices: [
      {
        index: 0,
        message: assistantMessage(content, answer.toolCalls),
        logprobs: null,
        finish_reason: answer.finishReason,
      },
    ],
    usage: {
      prompt_tokens: answer.inputTokens,
      completion_tokens: answer.outputTokens,
      total_tokens: answer.inputTokens + answer.outputTokens,
    },
  };
}

export function responsesOutput(random: Random, answer: Answer): JsonValue {
  const isCut = answer.finishReason === 'length';
  return {
    id: `resp_${random.letters(32)}`,
    object: 'response',
    created_at: Math.floor(answer.startedAt / 1000),
    status: isCut ? 'incomplete' : 'completed',
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    model: answer.model,
    output: [
      { type: 'reasoning', id: `rs_${random.letters(24)}`, summary: [] },
      {
        type: 'message',
        id: `msg_${random.letters(24)}`,
        role: 'assistant',
        status: isCut ? 'incomplete' : 'completed',
        content: [{ type: 'output_text', text: answer.text, annotations: [] }],
      },
    ],
    usage: {
      input_tokens: answer.inputTokens,
      output_tokens: answer.outputTokens,
      total_tokens: answer.inputTokens + answer.outputTokens,
    },
  };
}
