/** The words of a message as they are shown: what its copy button gives, and its first line where it is folded. Pure. */
import type { Message } from '#shared/conversation/parseMessage';
import type { Part } from '#shared/conversation/part';
import { holdsWords } from '#shared/query/words';
import { readableJson, readableText } from './readableText.ts';

/** The text of all parts of a message. What a tool gave is made readable where it is JSON. */
export function messageText({ role, parts }: Pick<Message, 'role' | 'parts'>): string {
  return textOf(parts, role === 'tool' || role === 'function');
}

/** True where its words hold one of these. */
export function holdsAny(message: Pick<Message, 'role' | 'parts'>, words: readonly string[]): boolean {
  if (words.length === 0) return false;
  const text = messageText(message);
  return words.some((word) => holdsWords(text, word));
}

/** The role that a reader sees: Anthropic, Gemini and Bedrock let the user give what a tool gave. */
export function shownRole({ role, parts }: Pick<Message, 'role' | 'parts'>): string {
  const isResult = role === 'user' && parts.length > 0 && parts.every(({ kind }) => kind === 'tool_result');
  return isResult ? 'tool' : role;
}

/** Characters of its words, without putting them together. */
export function countCharacters(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 0), 0);
}

/** Its beginning on one line. */
export function firstWords({ parts }: Pick<Message, 'parts'>): string {
  const [first] = parts;
  if (first === undefined) return '';
  const start = 'text' in first ? first.text.slice(0, 400) : partText(first, false).slice(0, 400);
  return start.replaceAll(/\s+/g, ' ').trim();
}

function textOf(parts: readonly Part[], isOfTool: boolean): string {
  return parts
    .map((part) => partText(part, isOfTool))
    .filter((text) => text !== '')
    .join('\n')
    .trim();
}

function partText(part: Part, isOfTool: boolean): string {
  switch (part.kind) {
    case 'text':
      return isOfTool ? readableJson(part.text) : readableText(part.text);
    case 'refusal':
    case 'reasoning':
      return part.text;
    case 'tool_call':
      return `${part.name}(${readableJson(part.args)})`;
    case 'tool_result':
      return textOf(part.parts, true);
    case 'citations':
      return part.sources.map(({ title, url }) => [title, url].filter(Boolean).join(' ')).join('\n');
    case 'json':
      return readableJson(part.value);
    case 'media':
      return part.name ?? part.location ?? `[${[part.media, part.mimeType].filter(Boolean).join(' ')}]`;
  }
}
