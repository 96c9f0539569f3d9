/** How many tokens a text has, near enough for a demo: by the script it is written in. */
import type { JsonValue } from '#shared/primitives';

/** Longer texts are judged by this many characters of them. */
const SAMPLE_LENGTH = 600;

export function countTokens(text: string): number {
  if (text.length === 0) return 0;
  const sample = Math.min(text.length, SAMPLE_LENGTH);
  let tokens = 0;
  for (let i = 0; i < sample; i += 1) tokens += tokensOfUnit(text.charCodeAt(i));
  return Math.max(1, Math.round((tokens / sample) * text.length));
}

/** All strings inside a value, plus the marks that a provider adds around each message. */
export function countMessageTokens(messages: JsonValue): number {
  if (typeof messages === 'string') return countTokens(messages);
  if (Array.isArray(messages)) return messages.reduce((sum: number, message) => sum + 4 + countValue(message), 3);
  return countValue(messages);
}

function countValue(value: JsonValue): number {
  if (typeof value === 'string') return countTokens(value);
  if (typeof value === 'number' || typeof value === 'boolean') return 1;
  if (value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, entry) => sum + countValue(entry), 0);
  let sum = 0;
  for (const key in value) sum += countValue(value[key] ?? null);
  return sum;
}

function tokensOfUnit(unit: number): number {
  if (unit < 0x80) return 0.25;
  if (unit < 0x370) return 0.45; // accents: é, ß, ñ
  if (unit < 0x1000) return 0.42; // Cyrillic, Arabic, Devanagari
  if (unit >= 0xd800 && unit < 0xe000) return 1; // half of an emoji
  return 0.75; // Chinese, Japanese
}
