/** The content of a message that is a list of parts as JSON text. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import type { JsonValue } from '#shared/primitives';
import type { AttributeReader } from './attributeReader.ts';

/** What the parts of Bedrock, which have no type, have as their only member. */
const BEDROCK_PARTS = new Set([
  'text',
  'image',
  'document',
  'video',
  'toolUse',
  'toolResult',
  'reasoningContent',
  'citationsContent',
  'cachePoint',
  'guardContent',
]);

/** A list of parts is one only where each says what it is: somebody may send a JSON list as words. */
export function parseContent(reader: AttributeReader, content: string): JsonValue {
  if (!/^\s*\[\s*\{/.test(content)) return content;
  const parts = listOf(reader.parse(content));
  return parts.length > 0 && parts.every(isPart) ? [...parts] : content;
}

function isPart(part: JsonValue): boolean {
  const fields = objectOf(part);
  if (fields === null) return false;
  const [name, ...others] = Object.keys(fields);
  return textOf(fields.type) !== null || (name !== undefined && others.length === 0 && BEDROCK_PARTS.has(name));
}
