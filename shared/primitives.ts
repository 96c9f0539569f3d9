/** Building blocks that several concepts share: ids, instants, money, JSON values, limits. */
import { z } from 'zod';
import { ExactNumber, setOwnMember, stringifyExactJson } from './exactJson.ts';

/** Limits of one log and of one call. One place, so that server, SDK and docs name the same figures. */
export const LIMITS = {
  /** Logs in one batch. */
  batchLogs: 1_000,
  /** Bytes of one HTTP body after decompression. */
  bodyBytes: 10 * 1024 * 1024,
  /** Rows of one page of a list. */
  pageSize: 200,
  /** Bytes of one page; a page ends before the row that would exceed it, and holds at least one. */
  pageBytes: 8 * 1024 * 1024,
  /** Rows that `offset` may skip; a cursor goes further. */
  offset: 100_000,
  /** Steps of one page of a trace. */
  traceSteps: 1_000,
  /** Characters of an identifier such as `model`, `trace_id` or a tag. */
  identifierLength: 256,
  /** Characters of one string in the payload of a request; longer ones are cut with a marker. */
  fieldLength: 1_000_000,
  /** Characters of `error.message`; the other texts of an error are cut at `identifierLength`. */
  errorMessageLength: 8_192,
  /** Characters of all tags of one log or span as JSON; what does not fit is left out. */
  tagsLength: 16_384,
  /** Characters of the metadata of a span as JSON; what does not fit is cut. */
  spanMetadataLength: 262_144,
  /** Characters of the input, and of the output, of a span as JSON, so that one text of `fieldLength` fits; the rest is cut. */
  spanContentLength: 1_200_000,
  /** Nesting of one log. */
  depth: 64,
  /** Keys of one object. */
  objectKeys: 1_000,
  /** Characters of one object key. */
  keyLength: 256,
  /** Characters of one number, as it is written. */
  numberLength: 1_000,
  /** Values (objects, arrays, strings, numbers …) in one log. */
  values: 100_000,
} as const;

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Any JSON value. The walk over its depth and size is `sanitize.ts`; here it is only named for the contract. */
export const JsonValue = z
  .custom<JsonValue>((value) => value !== undefined)
  .meta({ id: 'JsonValue', description: 'Any JSON value.' });

/** A JSON object with any keys; passed on as it is, so that a key such as `__proto__` is kept as data. */
export const JsonObject = z
  .custom<JsonObject>(isObject, 'must be an object')
  .meta({ id: 'JsonObject', description: 'A JSON object with any keys.' });
export type JsonObject = { [key: string]: JsonValue };

/** A point in time: ISO-8601 with a zone, answered in UTC with milliseconds. */
export const Instant = z.iso
  .datetime({ offset: true, error: 'must be an ISO-8601 time with a zone, such as "2026-01-31T12:00:00Z"' })
  .describe('ISO-8601 time in UTC.');
export type Instant = z.infer<typeof Instant>;

/** US dollars as a decimal string: floats cannot hold money. */
export const UsdAmount = z
  .string()
  .regex(/^\d{1,8}(\.\d{1,12})?$/, 'must be a decimal number of US dollars, such as "0.0012"')
  .describe('US dollars as a decimal string.');
export type UsdAmount = z.infer<typeof UsdAmount>;

/** The id of something, in lower case. Not by a transform, of whose result a JSON schema could say nothing. */
export const uuid = () =>
  z.uuid({ error: 'must be a UUID, such as "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"' }).toLowerCase();

export const OrgId = uuid().brand<'OrgId'>();
export type OrgId = z.infer<typeof OrgId>;
export const RequestId = uuid().brand<'RequestId'>();
export type RequestId = z.infer<typeof RequestId>;
export const ApiKeyId = uuid().brand<'ApiKeyId'>();
export type ApiKeyId = z.infer<typeof ApiKeyId>;

// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/;

/** Why a one-line text is not one, or null. One function, since it runs some twenty times for each log. */
function problemOfLine(text: string, maxLength: number): string | null {
  if (text === '') return 'must not be empty';
  if (text.length > maxLength) return `must be at most ${maxLength} characters`;
  if (CONTROL_CHARACTERS.test(text)) return 'must not contain control characters';
  return text.isWellFormed() ? null : 'must be well-formed Unicode';
}

const oneLine = (maxLength: number) =>
  z
    .string()
    .trim()
    .superRefine((text, ctx) => {
      const problem = problemOfLine(text, maxLength);
      if (problem !== null) ctx.addIssue({ code: 'custom', message: problem });
    })
    .meta({ minLength: 1, maxLength });

/** A short name that is filtered and grouped by, such as a model or a trace id. */
export const Identifier = oneLine(LIMITS.identifierLength);

/** A name that a person gives and reads, such as that of an organization or a key. */
export const DisplayName = oneLine(200);

/** Text for a value that stands where text belongs: a string as it is, the rest as JSON. */
export function putInWords(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return value instanceof ExactNumber ? value.literal : stringifyExactJson(value);
}

export type Tags = { [name: string]: string };

/** Not a zod record, which leaves out a tag named `__proto__`. */
const tagsMeta = {
  description: 'Strings by name, such as {"env":"prod"}.',
  type: 'object',
  additionalProperties: { type: 'string', maxLength: LIMITS.identifierLength },
} as const;

/** `{"env":"prod"}`: strings by name, as they are stored. */
export const Tags = z
  .custom<Tags>((value) => isObject(value) && Object.values(value).every((text) => typeof text === 'string'))
  .meta({ id: 'Tags', ...tagsMeta });

/** Tags as they arrive, taken as `track()` takes them: what is no string is stored as JSON text and cut, null is no tag. */
export const TagsInput = z
  .custom<JsonObject>(isObject, 'must be an object of strings, such as {"env":"prod"}')
  .transform((given, ctx): Tags => {
    const tags: Tags = {};
    for (const [key, value] of Object.entries(given)) {
      const name = key.trim();
      const problem = problemOfLine(name, LIMITS.identifierLength);
      if (problem !== null) ctx.addIssue({ code: 'custom', path: [key], message: problem });
      if (value === null) continue;
      const isText = typeof value === 'string';
      const text = putInWords(value);
      if (isText && text.length > LIMITS.identifierLength) {
        ctx.addIssue({ code: 'custom', path: [key], message: `must be at most ${LIMITS.identifierLength} characters` });
      }
      setOwnMember(tags, name, isText ? text : text.slice(0, LIMITS.identifierLength).toWellFormed());
    }
    return tags;
  })
  .meta({ id: 'TagsInput', ...tagsMeta });

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** An opaque position in a list; only the server reads it. */
export const Cursor = z
  .string()
  .min(1, 'must not be empty')
  .max(512, 'must be at most 512 characters')
  .describe('Opaque position in a list, from the previous page.');

/** An object that takes no other fields: one that was left unread would look as if it had an effect. */
export function strictInput<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const accepted = Object.keys(shape)
    .map((name) => `\`${name}\``)
    .join(' and ');
  const rule = `must be left out: only ${accepted} ${Object.keys(shape).length === 1 ? 'is' : 'are'} accepted`;
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? rule : undefined) });
}
