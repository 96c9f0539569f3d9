/** The parts a message is made of. Media are described and never fetched: a logged URL may be a trap. */
import type { JsonObject, JsonValue } from '#shared/primitives';

export type Part =
  | { readonly kind: 'text' | 'refusal' | 'reasoning'; readonly text: string }
  | {
      readonly kind: 'media';
      readonly media: MediaKind;
      readonly source: string | null;
      readonly sizeBytes: number | null;
    }
  | { readonly kind: 'tool_call'; readonly id: string | null; readonly name: string; readonly args: string }
  | { readonly kind: 'tool_result'; readonly callId: string | null; readonly text: string }
  /** A form we do not know. */
  | { readonly kind: 'json'; readonly value: JsonValue };

export type MediaKind = 'image' | 'audio' | 'file' | 'video';

/** `content` of a message: text, a list of parts, or nothing. */
export function parseContent(content: JsonValue | undefined): Part[] {
  if (content === null || content === undefined || content === '') return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (Array.isArray(content)) return content.map(parsePart);
  return [isObject(content) ? parsePart(content) : { kind: 'json', value: content }];
}

/** Arguments come as JSON text or as JSON; both are shown indented where they parse. */
export function toolCallPart(
  id: JsonValue | undefined,
  name: JsonValue | undefined,
  args: JsonValue | undefined,
): Part {
  return { kind: 'tool_call', id: textOf(id), name: textOf(name) ?? 'tool', args: prettyJson(args) };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Indented JSON; text that is not JSON as it is. */
export function prettyJson(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return JSON.stringify(value, null, 2);
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

function parsePart(part: JsonValue): Part {
  if (typeof part === 'string') return { kind: 'text', text: part };
  if (!isObject(part)) return { kind: 'json', value: part };
  switch (textOf(part.type) ?? '') {
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'summary_text':
      return typeof part.text === 'string' ? { kind: 'text', text: part.text } : { kind: 'json', value: part };
    case 'refusal':
      return { kind: 'refusal', text: textOf(part.refusal) ?? '' };
    case 'thinking':
    case 'reasoning':
      return { kind: 'reasoning', text: textOf(part.thinking) ?? textOf(part.text) ?? '' };
    case 'image_url':
    case 'input_image':
    case 'image':
      return media('image', part.image_url ?? part.source ?? part.url ?? part.file_id);
    case 'input_audio':
    case 'audio':
      return media('audio', part.input_audio ?? part.audio ?? part.source);
    case 'file':
    case 'input_file':
    case 'document':
      return media('file', part.file ?? part.source ?? part);
    case 'video_url':
    case 'video':
      return media('video', part.video_url ?? part.source);
    case 'tool_use':
      return toolCallPart(part.id, part.name, part.input);
    case 'tool_result':
      return { kind: 'tool_result', callId: textOf(part.tool_use_id), text: flatText(part.content) };
    default:
      return typeof part.text === 'string' && Object.keys(part).length === 1
        ? { kind: 'text', text: part.text }
        : { kind: 'json', value: part };
  }
}

function flatText(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return prettyJson(content);
  return content
    .map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : prettyJson(part)))
    .join('\n');
}

/** Where a picture, sound or file came from, in a few words: its name, type or host. */
function media(kind: MediaKind, origin: JsonValue | undefined): Part {
  const fields = isObject(origin) ? origin : {};
  const address = textOf(origin) ?? textOf(fields.url) ?? textOf(fields.file_data);
  const dataUrl = address?.match(/^data:([^;,]*)/);
  const bytes = dataUrl ? address?.slice(address.indexOf(',') + 1) : textOf(fields.data);
  const label =
    textOf(fields.filename) ??
    dataUrl?.[1] ??
    textOf(fields.media_type) ??
    textOf(fields.format) ??
    textOf(fields.file_id) ??
    (address === null ? null : (hostOf(address) ?? address));
  return {
    kind: 'media',
    media: kind,
    source: label || null,
    sizeBytes: bytes ? Math.floor((bytes.length * 3) / 4) : null,
  };
}

function hostOf(address: string): string | null {
  try {
    return new URL(address).host || null;
  } catch {
    return null;
  }
}
