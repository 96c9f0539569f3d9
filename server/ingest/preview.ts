/** One line of what was said, for lists. Pure. */
import type { JsonObject, JsonValue } from '#shared/primitives';

const PREVIEW_LENGTH = 200;
/** Enough to fill a preview of ordinary text; where most of it is white space, the second look goes further. */
const LOOK_AT = [400, 4_000] as const;

/** Runs of white space, and single characters that break a line: a plain space between words is left alone. */
const WHITE_SPACE = /\s{2,}|[^\S ]/g;

/** The last thing the user said, or the last message at all. Null where there are no words. */
export function previewInput(messages: JsonValue): string | null {
  if (typeof messages === 'string') return toPreview(messages);
  if (!Array.isArray(messages)) return toPreview(firstText(messages));
  const lastUser = messages.findLast((message) => isObject(message) && message.role === 'user');
  return toPreview(firstText(lastUser ?? messages.at(-1) ?? null));
}

/** The answer: its text, else its tool calls. Null where there is neither. */
export function previewOutput(response_content: string | null, response: JsonValue | null): string | null {
  if (response_content) return toPreview(response_content);
  if (!isObject(response)) return typeof response === 'string' ? toPreview(response) : null;
  const choice = Array.isArray(response.choices) ? response.choices[0] : null;
  const message = isObject(choice) ? choice.message : null;
  if (isObject(message)) {
    const calls = Array.isArray(message.tool_calls) ? message.tool_calls.map(describeToolCall).filter(Boolean) : [];
    return toPreview(firstText(message)) ?? toPreview(calls.join(', '));
  }
  return toPreview(
    typeof response.output_text === 'string' ? response.output_text : firstText(response.output ?? null),
  );
}

function describeToolCall(call: JsonValue): string {
  const target = isObject(call) ? call.function : null;
  if (!isObject(target) || typeof target.name !== 'string') return '';
  return `${target.name}(${typeof target.arguments === 'string' ? target.arguments : ''})`;
}

/** The first text in a message, an array of parts, or a string. */
function firstText(value: JsonValue): string | null {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    for (const part of value) {
      const text = firstText(part);
      if (text) return text;
    }
    return null;
  }
  if (!isObject(value)) return null;
  for (const key of ['content', 'text', 'input_text', 'refusal', 'output']) {
    const inner = value[key];
    if (inner === undefined || inner === null) continue;
    const text = firstText(inner);
    if (text) return text;
  }
  return null;
}

function toPreview(text: string | null | undefined): string | null {
  if (!text) return null;
  let line = '';
  for (const length of LOOK_AT) {
    line = text.slice(0, length).trim().replace(WHITE_SPACE, ' ');
    if (line.length >= PREVIEW_LENGTH || text.length <= length) break;
  }
  if (line === '') return null;
  // A cut may fall between the halves of a character outside the BMP.
  return line.length > PREVIEW_LENGTH ? `${line.slice(0, PREVIEW_LENGTH).toWellFormed()}…` : line.toWellFormed();
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
