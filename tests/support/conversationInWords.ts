/** A conversation as one text a message, for tests that say what is read of it. */
import { parseConversation } from '#shared/conversation/conversation';
import type { Part } from '#shared/conversation/part';
import type { JsonValue } from '#shared/primitives';

/** What was sent, with who says it. */
export function sentOf(messages: JsonValue): string[] {
  return read(messages, null).sent.map(({ role, parts }) => `${role}: ${parts.map(partInWords).join(', ')}`);
}

/** What was answered. */
export function answerOf(response: JsonValue): string[] {
  return read([], response).answer.map(({ parts }) => parts.map(partInWords).join(', '));
}

function read(messages: JsonValue, response: JsonValue) {
  return parseConversation({ messages, response, response_content: null });
}

function partInWords(part: Part): string {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text;
    case 'reasoning':
      return `reasoning ${part.text}`;
    case 'tool_call': {
      const args = typeof part.args === 'string' ? part.args : JSON.stringify(part.args);
      return `${part.server === undefined ? '' : `${part.server}: `}${part.name}(${args})`;
    }
    case 'tool_result':
      return [part.isError ? 'failed' : 'result', ...part.parts.map(partInWords)].join(' ');
    case 'media':
      return [part.media, part.name, part.mimeType, part.location].filter((word) => word !== null).join(' ');
    case 'citations':
      return `sources ${part.sources.map(({ title }) => title).join(' ')}`;
    case 'json':
      return JSON.stringify(part.value);
  }
}
