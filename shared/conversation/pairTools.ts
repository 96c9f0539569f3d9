/** Calls of tools with what came back, so that a reader sees one thing and not two messages that name an id. Pure. */
import type { Message } from './parseMessage.ts';
import type { Part, ToolCall, ToolResult } from './part.ts';

export interface PairedMessages {
  /** The same messages without the results that stand with their call; a message of nothing else is left out. */
  readonly messages: readonly Message[];
  /** By the very part that is in `messages`. */
  readonly resultOf: ReadonlyMap<ToolCall, ToolResult>;
}

/**
 * Pairs by the id of the call; what has none goes by the name of the tool, in order. A result whose call is not here, and
 * the second one of the same call, stay where they are.
 */
export function pairTools(messages: readonly Message[]): PairedMessages {
  const open = new Map<string, ToolCall[]>();
  const resultOf = new Map<ToolCall, ToolResult>();
  const left: Message[] = [];
  const pair = (result: ToolResult): boolean => {
    const waiting = open.get(keyOf(result.callId, result.name));
    const call = waiting?.shift();
    if (call) resultOf.set(call, result);
    return call !== undefined;
  };
  for (const message of messages) {
    const whole = resultIn(message);
    if (whole !== null) {
      if (!pair(whole)) left.push(message);
      continue;
    }
    const parts: Part[] = [];
    for (const part of message.parts) {
      if (part.kind === 'tool_result' && pair(part)) continue;
      parts.push(part);
      if (part.kind === 'tool_call') addTo(open, part);
    }
    if (parts.length === message.parts.length) left.push(message);
    else if (parts.length > 0) left.push({ ...message, parts });
  }
  return { messages: left, resultOf };
}

/** A message that is a result as a whole, as chat completions and Responses write it. */
function resultIn({ role, name, toolCallId, parts }: Message): ToolResult | null {
  const isResult = role === 'tool' || role === 'function';
  // Its parts say it themselves.
  if (!isResult || parts.some(({ kind }) => kind === 'tool_result')) return null;
  return { kind: 'tool_result', callId: toolCallId, name, isError: false, parts };
}

function addTo(open: Map<string, ToolCall[]>, call: ToolCall): void {
  const key = keyOf(call.id, call.name);
  const waiting = open.get(key);
  if (waiting) waiting.push(call);
  else open.set(key, [call]);
}

/** An id and a name never meet. */
function keyOf(id: string | null, name: string | null): string {
  return id === null ? `name:${name ?? ''}` : `id:${id}`;
}
