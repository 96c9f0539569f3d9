/** The messages that an agent or a chain was given or gave, where that is all it was: LangChain, LangGraph and the like. Pure. */
import { parseExactJson } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { innerMessage, LANGCHAIN_TYPES } from './innerMessage.ts';
import { type Message, parseMessage } from './parseMessage.ts';
import { objectOf, textOf } from './part.ts';

/** A longer text is not read: it would hold up the page. */
const MOST_CHARACTERS = 1_000_000;
/** Null where it is anything else, or more than messages: nothing is hidden. */
export function readMessages(value: JsonValue): readonly Message[] | null {
  const list = listStepMessages(typeof value === 'string' ? parsed(value) : value);
  if (list === null || list.length === 0) return null;
  const messages = list.map(unwrapMessage);
  return messages.every((message) => message !== null) ? messages.map((message) => parseMessage(message)) : null;
}

/**
 * The list that may be one of messages, none of which is read yet: the value itself, or the only member that says something,
 * `messages`, or `update` of LangGraph's commands.
 */
export function listStepMessages(value: JsonValue): readonly JsonValue[] | null {
  if (Array.isArray(value)) {
    const command = value.length === 1 ? objectOf(value[0]) : null;
    return command !== null && 'update' in command ? listStepMessages(command) : value;
  }
  const fields = objectOf(value);
  if (fields === null) return null;
  const [member, ...others] = Object.entries(fields).filter(([, one]) => !isEmpty(one));
  if (member === undefined || others.length > 0) return null;
  const [name, inner] = member;
  if (name === 'messages') return Array.isArray(inner) ? inner : null;
  return name === 'update' || name === 'output' || name === 'input' ? listStepMessages(inner) : null;
}

/** Null where it is no message. */
export function unwrapMessage(value: JsonValue): JsonObject | null {
  const fields = objectOf(value);
  if (fields === null) return null;
  const flat = innerMessage(fields);
  const type = textOf(flat.type) ?? '';
  const role = textOf(flat.role) ?? (LANGCHAIN_TYPES.has(type) ? type : null);
  return role !== null && ('content' in flat || 'parts' in flat) ? flat : null;
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === '') return true;
  return Array.isArray(value) ? value.length === 0 : Object.keys(objectOf(value) ?? { one: 1 }).length === 0;
}

function parsed(text: string): JsonValue {
  if (text.length > MOST_CHARACTERS || !/^\s*[[{]/.test(text)) return null;
  try {
    return parseExactJson(text) as JsonValue; // JSON.
  } catch {
    return null;
  }
}
