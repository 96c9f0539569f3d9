/**
 * Two hashes of a request, by which calls that say the same are found without reading them (docs/savings.md): one of the
 * whole request, and one of its instructions and tools. Each is the first 16 bytes of the SHA-256 of canonical JSON. Pure,
 * apart from what it remembers.
 */
import { objectOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { ParsedLog } from '#shared/request';
import type { JsonBytes } from '#server/db/binaryRowEncoder';
import { canonicalJson, isCanonical } from './canonicalJson.ts';
import { HashedText } from './hashedText.ts';

/** What of a request its hashes are of. */
export type HashedCall = Pick<ParsedLog, 'model' | 'provider' | 'endpoint' | 'messages' | 'tools' | 'parameters'>;

export interface RequestHashes {
  /** 32 hexadecimal digits; null where no messages were logged. */
  readonly request_hash: string | null;
  /** The same of the prefix; null where there are neither instructions nor tools, and where no messages were logged. */
  readonly prefix_hash: string | null;
}

/** Parameters that say how an answer is sent, billed or kept, and not what it is. */
const IRRELEVANT_PARAMETERS: ReadonlySet<string> = new Set([
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'metadata',
  'store',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
]);
/** Where the instructions stand that are no message, by provider. */
const INSTRUCTIONS = ['instructions', 'system', 'systemInstruction', 'system_instruction'] as const;

/** The hashes of a call. With `source` its long members are read from the bytes they were parsed from. */
export function hashRequest(call: HashedCall, source?: JsonBytes): RequestHashes {
  // Words that were not captured would all be the same.
  if (isEmpty(call.messages)) return NOT_HASHED;
  const tools = call.tools === undefined || call.tools === null ? null : toBytes(call.tools, source);
  const request = new HashedText();
  const parameters = toParameters(call.parameters ?? null, source);
  const head = headOf(call.model, call.provider, call.endpoint ?? 'chat.completions');
  if (typeof parameters === 'string')
    request.add(tools === null ? `${head}${parameters},null,` : `${head}${parameters},`);
  else {
    request.add(head);
    request.add(parameters);
    request.add(tools === null ? ',null,' : ',');
  }
  if (tools !== null) {
    request.add(tools);
    request.add(',');
  }
  request.add(toMessages(call.messages, source));
  request.add(']');
  return { request_hash: request.digest(), prefix_hash: prefixHash(call, tools) };
}

/** The hashes of a call whose words are not known. */
export const NOT_HASHED: RequestHashes = { request_hash: null, prefix_hash: null };

function isEmpty(messages: JsonValue): boolean {
  if (typeof messages === 'string') return messages === '';
  if (Array.isArray(messages)) return messages.length === 0;
  for (const _ in objectOf(messages)) return false;
  return true;
}

/** The last head that was written: calls of one batch tend to have the same. */
let lastHead = { model: '', provider: '', endpoint: '', json: '' };

function headOf(model: string, provider: string, endpoint: string): string {
  if (lastHead.model !== model || lastHead.provider !== provider || lastHead.endpoint !== endpoint) {
    lastHead = { model, provider, endpoint, json: `${JSON.stringify([model, provider, endpoint]).slice(0, -1)},` };
  }
  return lastHead.json;
}

/** The instructions of a call, in order: messages of the system before all others, and what its parameters say. */
export function instructionsOf({ messages, parameters }: Pick<HashedCall, 'messages' | 'parameters'>): JsonValue[] {
  const found: JsonValue[] = [];
  for (const fields of [parameters ?? null, objectOf(messages)]) {
    if (fields === null) continue;
    for (const name of INSTRUCTIONS) {
      const value = fields[name];
      if (value !== undefined && value !== null && value !== '') found.push(value);
    }
  }
  for (const message of listOfMessages(messages)) {
    if (!isInstruction(message)) break;
    found.push(message);
  }
  return found;
}

/** A list as it is, or that of an object such as `{system, messages}` or `{instructions, input}`. */
function listOfMessages(messages: JsonValue): readonly JsonValue[] {
  if (Array.isArray(messages)) return messages;
  const fields = objectOf(messages);
  const nested = fields?.messages ?? fields?.input;
  return Array.isArray(nested) ? nested : [];
}

function isInstruction(message: JsonValue): boolean {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return false;
  const { role } = message as JsonObject;
  return role === 'system' || role === 'developer' || role === 'System' || role === 'SYSTEM';
}

/** The prefix hashes of the instructions that came last: most calls of an application have one of few. */
const KNOWN_PREFIXES = { most: 4_000_000, longest: 32 * 1024 } as const;
/** Counted for each beside its text and tools, so that short ones are bounded as well. */
const PREFIX_OVERHEAD = 200;

interface KnownPrefix {
  readonly words: string;
  readonly tools: Uint8Array | null;
  readonly hash: string;
}
/** By a few of their characters: two that have the same are told apart by comparing them. */
const knownPrefixes = new Map<number, KnownPrefix>();
/** Characters of texts and bytes of tools, which an entry keeps in memory although others may have the same. */
let knownSize = 0;

function prefixHash(call: HashedCall, tools: Uint8Array | null): string | null {
  const words = instructionsInOneText(call);
  // Longer tools are not remembered, so that they would never be found again.
  const hasLongTools = tools !== null && tools.length > KNOWN_JSON.longest;
  if (words === null || words.length > KNOWN_PREFIXES.longest || hasLongTools) {
    const instructions = instructionsOf(call);
    return instructions.length === 0 && tools === null ? null : digestPrefix(instructions, tools);
  }
  const place = placeOf(words);
  const known = knownPrefixes.get(place);
  if (known !== undefined && known.tools === tools && known.words === words) return known.hash;
  const prefix = digestPrefix([{ role: 'system', content: words }], tools);
  const size = words.length + (tools?.length ?? 0) + PREFIX_OVERHEAD;
  knownSize += size;
  if (knownSize > KNOWN_PREFIXES.most) {
    knownPrefixes.clear();
    knownSize = size;
  }
  knownPrefixes.set(place, { words, tools, hash: prefix });
  return prefix;
}

/** The text of the one message `{role: 'system', content}`, which is all that most calls have; null for any other form. */
function instructionsInOneText({ messages, parameters }: HashedCall): string | null {
  if (!Array.isArray(messages)) return null;
  const [first, second] = messages;
  if (typeof first !== 'object' || first === null || Array.isArray(first)) return null;
  if (first.role !== 'system' || typeof first.content !== 'string') return null;
  let members = 0;
  for (const _ in first) members++;
  if (members !== 2 || (second !== undefined && isInstruction(second))) return null;
  if (parameters) for (const name of INSTRUCTIONS) if (parameters[name] !== undefined) return null;
  return first.content;
}

const SAMPLES = 16;

/** A number of a text, which another text may have as well. */
function placeOf(text: string): number {
  let place = text.length;
  for (let sample = 0; sample < SAMPLES; sample++) {
    place = (place * 31 + text.charCodeAt(Math.floor((text.length * sample) / SAMPLES))) | 0;
  }
  return place;
}

function digestPrefix(instructions: readonly JsonValue[], tools: Uint8Array | null): string {
  const prefix = new HashedText();
  prefix.add(`[${canonicalJson([...instructions])},`);
  prefix.add(tools ?? 'null');
  prefix.add(']');
  return prefix.digest();
}

/** Without those that do not change the answer; they are few, and their names have no order that matters. */
function toParameters(parameters: JsonObject | null, source: JsonBytes | undefined): Uint8Array | string {
  if (parameters === null) return '{}';
  for (const name in parameters) {
    if (!IRRELEVANT_PARAMETERS.has(name)) continue;
    const relevant = Object.entries(parameters).filter(([key]) => !IRRELEVANT_PARAMETERS.has(key));
    return canonicalJson(Object.fromEntries(relevant));
  }
  return source?.jsonOf(parameters) === undefined ? canonicalJson(parameters) : toBytes(parameters, source);
}

function toMessages(messages: JsonValue, source: JsonBytes | undefined): Uint8Array | string {
  const given = typeof messages === 'object' && messages !== null ? source?.jsonOf(messages) : undefined;
  const isCanonicalAsGiven = given !== undefined && source?.hasEscapedSlashes === false && isCanonical(messages);
  return isCanonicalAsGiven ? given : canonicalJson(messages);
}

/** Tools and schemas of answers are the same in call after call, and take long to bring in order. */
const KNOWN_JSON = { most: 64, longest: 32 * 1024 } as const;

interface KnownJson {
  readonly given: Uint8Array;
  readonly canonical: Uint8Array;
}
/** By the length of what was given. */
const knownJson = new Map<number, KnownJson>();

/** The canonical JSON of a value; of one that was seen before the same bytes. */
function toBytes(value: JsonValue, source: JsonBytes | undefined): Uint8Array {
  const given = typeof value === 'object' && value !== null ? source?.jsonOf(value) : undefined;
  if (given === undefined) return remember(Buffer.from(canonicalJson(value)));
  const known = knownJson.get(given.length);
  if (known !== undefined && Buffer.compare(known.given, given) === 0) return known.canonical;
  const canonical = Buffer.from(canonicalJson(value));
  keep(given.length, { given: Buffer.from(given), canonical });
  return canonical;
}

/** Where the bytes that it came as are not known: one object for all that are equal, so that prefixes can be told by it. */
function remember(canonical: Uint8Array): Uint8Array {
  const known = knownJson.get(canonical.length);
  if (known !== undefined && Buffer.compare(known.canonical, canonical) === 0) return known.canonical;
  keep(canonical.length, { given: canonical, canonical });
  return canonical;
}

function keep(length: number, known: KnownJson): void {
  if (length > KNOWN_JSON.longest) return;
  if (knownJson.size >= KNOWN_JSON.most) knownJson.clear();
  knownJson.set(length, known);
}
