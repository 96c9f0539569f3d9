/** Pictures, sounds and files, in the spelling of each library. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { type Media, type MediaKind, objectOf, textOf } from './part.ts';

/** The names under which a library puts what it points at, by how much they say. */
const HOLDERS = [
  'image_url',
  'image_file',
  'input_audio',
  'video_url',
  'file_url',
  'document_url',
  'inline_data',
  'inlineData',
  'file_data',
  'fileData',
  'source',
  'image',
  'audio',
  'video',
  'file',
  'document',
  'url',
  'uri',
  'data',
  'base64',
  'bytes',
  'content',
  'file_id',
  's3Location',
  'result',
] as const;

const TYPE_NAMES = [
  'contentType',
  'media_type',
  'mediaType',
  'mime_type',
  'mimeType',
  // LlamaIndex
  'image_mimetype',
  'document_mimetype',
  'content_type',
] as const;
const NAMES = ['filename', 'file_name', 'name', 'displayName', 'display_name', 'document_name', 'title'] as const;
const LOCATION_NAMES = [
  'url',
  'uri',
  'file_uri',
  'fileUri',
  'file_url',
  'image_url',
  'document_url',
  's3Location',
  'file_id',
  'fileId',
  'id',
] as const;
const DATA_NAMES = ['data', 'bytes', 'base64', 'base64Data', 'blob', 'content', 'file_data'] as const;
/** How deep a library nests, as in `image.source.bytes`. */
const DEPTH = 4;

/** The medium that `origin` describes: an address, a data URL, base64, or an object around one of them. */
export function parseMedia(media: MediaKind, origin: JsonValue | undefined): Media {
  const found: Found = { mimeType: null, name: null, location: null, data: null, sizeBytes: null };
  look(origin, found, media, 0);
  return { kind: 'media', media: mediaOfType(found.mimeType) ?? media, ...found };
}

/** How the base64 of each kind of picture or sound begins. RIFF holds either: its ninth byte and the next three say which. */
const FIRST_BYTES = [
  [/^iVBORw0KGgo/, 'image/png'],
  [/^\/9j\//, 'image/jpeg'],
  [/^R0lGOD/, 'image/gif'],
  [/^UklGR.{6}XRUJQ/, 'image/webp'],
  [/^UklGR.{6}XQVZF/, 'audio/wav'],
  [/^SUQz/, 'audio/mpeg'],
  [/^T2dnUw/, 'audio/ogg'],
] as const;

/** Of a picture or sound whose type nobody says, as of those that OpenAI makes. */
function typeOfBytes(data: string): string | null {
  return FIRST_BYTES.find(([start]) => start.test(data))?.[1] ?? null;
}

interface Found {
  mimeType: string | null;
  name: string | null;
  location: string | null;
  data: string | null;
  sizeBytes: number | null;
}

function isFound({ location, data, sizeBytes }: Found): boolean {
  return location !== null || data !== null || sizeBytes !== null;
}

function look(origin: JsonValue | undefined, found: Found, media: MediaKind, depth: number): void {
  const text = textOf(origin);
  if (text !== null) return readText(text, found);
  const fields = objectOf(origin);
  if (fields === null || depth > DEPTH) return;
  found.mimeType ??= typeIn(fields, media);
  found.name ??= NAMES.map((name) => textOf(fields[name])).find((name) => name !== null) ?? null;
  for (const name of DATA_NAMES) {
    const held = textOf(fields[name]);
    if (held !== null) readText(held, found);
  }
  for (const name of LOCATION_NAMES) {
    const held = textOf(fields[name]);
    if (held !== null && !isFound(found)) readText(held, found, { isLocation: true });
  }
  for (const name of HOLDERS) {
    if (isFound(found)) break;
    if (Object.hasOwn(fields, name)) look(fields[name], found, media, depth + 1);
  }
}

/** What the SDK writes in place of base64. */
const LEFT_OUT = /^(?:data:[^,]*,)?\[base64 ([^,\]]+), (\d+) bytes\b[^\]]*\]$/;
/** What stands at the end of a text that was longer than we keep. */
const CUT = /… \[truncated: (\d+) characters\]$/;

function readText(text: string, found: Found, { isLocation = false } = {}): void {
  const leftOut = text.length < 300 ? LEFT_OUT.exec(text) : null;
  const dataUrl = /^\s*data:([^;,]*)([^,]*),/i.exec(text);
  if (leftOut) {
    // `data` where the SDK did not know the type.
    if (leftOut[1] !== 'data') found.mimeType ??= textOf(leftOut[1]);
    found.sizeBytes ??= Number(leftOut[2]);
  } else if (dataUrl) {
    found.mimeType ??= textOf(dataUrl[1]);
    const data = text.slice(dataUrl[0].length);
    if (/;\s*base64/i.test(dataUrl[2] ?? '')) readData(data, found);
    // Letters, of which those that a URL does not take are written as `%20`.
    else found.sizeBytes ??= new TextEncoder().encode(data.replaceAll(/%[\da-f]{2}/gi, ' ')).length;
  } else if (isLocation || /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    found.location ??= text;
  } else {
    readData(text, found);
  }
}

function readData(data: string, found: Found): void {
  if (isFound(found)) return;
  found.mimeType ??= typeOfBytes(data);
  const cut = CUT.exec(data.slice(-60));
  if (!cut) found.data = data;
  found.sizeBytes = cut ? Math.floor((Number(cut[1]) * 3) / 4) : sizeOf(data);
}

function sizeOf(data: string): number {
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((data.length * 3) / 4) - padding);
}

function typeIn(fields: JsonObject, media: MediaKind): string | null {
  for (const name of TYPE_NAMES) {
    const type = textOf(fields[name]);
    if (type !== null) return type;
  }
  const format = textOf(fields.format);
  if (format === null) return null;
  // `png`, as Bedrock and the audio of chat completions say it.
  if (format.includes('/')) return format;
  return media === 'file' ? (format === 'pdf' ? 'application/pdf' : format) : `${media}/${format}`;
}

/** A file whose type says that it is a picture is one. */
function mediaOfType(type: string | null): MediaKind | null {
  const family = type?.split('/')[0];
  return family === 'image' || family === 'audio' || family === 'video' ? family : null;
}
