/** Brings messages of any shape into the one that the server takes. */
import { countLeftOut } from '../runtime/truncation.js';
import { isRecord, isString } from '../runtime/values.js';
import type { JsonValue, LogInput } from '../wire.js';
import { Snapshot } from './snapshot.js';

/** The contract wants objects with a role; what is not one is kept as text, so that the record of an odd call is kept. */
export function toChatMessages(
  input: JsonValue | undefined,
  copier: Snapshot = new Snapshot({ fieldLength: Infinity }),
): JsonValue[] {
  if (input === undefined) return [];
  if (!Array.isArray(input)) return [{ role: 'unknown', content: asText(input, copier) }];
  if (input.every(isChatMessage)) return input;
  const messages: JsonValue[] = [];
  for (const [index, message] of input.entries()) {
    if (isChatMessage(message)) {
      messages.push(message);
      continue;
    }
    // A role and a content are values too, and what is left out makes room for them.
    copier.valuesLeft -= 2;
    const behind = input.length - 1 - index;
    if (behind > 0 && copier.valuesLeft + behind < 0) {
      copier.isTruncated = true;
      copier.valuesLeft += behind;
      messages.push({ role: 'unknown', content: `[truncated: ${behind + countLeftOut(input.at(-1))} more]` });
      break;
    }
    messages.push(toChatMessage(message, copier));
  }
  return messages;
}

function isChatMessage(message: JsonValue): boolean {
  if (!isRecord(message) || !isString(message.role)) return false;
  return isString(message.content) || isChatContent(message.content);
}

function isChatContent(content: JsonValue | undefined): boolean {
  return content === undefined || content === null || isString(content) || Array.isArray(content);
}

function toChatMessage(message: JsonValue, copier: Snapshot): JsonValue {
  if (!isRecord(message)) return { role: 'unknown', content: asText(message, copier) };
  const { role, content } = message;
  return {
    ...message,
    role: isString(role) ? role : 'unknown',
    ...(content === undefined || isChatContent(content) ? {} : { content: asText(content, copier) }),
  };
}

/** The contract takes a text, an object or a list; the rest is put in words. */
export function toMessages(input: JsonValue | undefined): LogInput['messages'] {
  if (input === undefined || input === null) return [];
  return isString(input) || typeof input === 'object' ? input : String(input);
}

function asText(value: JsonValue, copier: Snapshot): string {
  return isString(value) ? value : (copier.copy(JSON.stringify(value)) as string);
}
