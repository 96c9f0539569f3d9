/** Langfuse's SDKs. Their `usage_details` are buckets beside each other: cached tokens are not in `input`. */
import { parseAnswer } from '#shared/conversation/conversation';
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import { readUsage as readResponseUsage } from '#shared/conversation/usage';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import { type AttributeReader, toNumber, unquote } from './attributeReader.ts';
import { type Answer, textAnswer, toChatMessages, toChoices, toFinishReason, toOneAnswer } from './chat.ts';
import { readWritten } from './exchange.ts';
import { type Facts, NOTHING, type ReportedUsage } from './facts.ts';
import { msFromStart } from './genAi.ts';
import { toTags } from './tags.ts';
import { toTools } from './tools.ts';

const TYPES: ReadonlyMap<string, SpanRole> = new Map([
  ['generation', 'llm'],
  ['embedding', 'embedding'],
  ['span', 'span'],
  ['event', 'event'],
  ['agent', 'agent'],
  ['tool', 'tool'],
  ['chain', 'chain'],
  ['retriever', 'retriever'],
  ['guardrail', 'guardrail'],
  ['evaluator', 'evaluator'],
]);

/** `startMs`: when the span began, since the first token is told as a point in time. */
export function readLangfuse(reader: AttributeReader, startMs: number): Facts {
  if (!reader.holds('langfuse')) return NOTHING;
  const type = reader.text('langfuse.observation.type')?.toLowerCase() ?? null;
  const model = reader.text('langfuse.observation.model.name');
  const role = readRole(type, model);
  reader.ignoreBelow('langfuse.internal.');
  const isCall = role === 'llm' || role === 'embedding';
  const { input, tools } = splitTools(reader.json('langfuse.observation.input'));
  const output = reader.json('langfuse.observation.output');
  const level = reader.text('langfuse.observation.level');
  const message = reader.text('langfuse.observation.status_message');
  const isFailed = level === 'ERROR';
  const metadata = readMetadata(reader, isFailed ? null : level, isFailed ? null : message);
  return {
    role,
    model,
    messages: !isCall || input === null ? null : role === 'embedding' ? toEmbedded(input) : toChatMessages(input),
    answer:
      role === 'llm' ? (readWritten(reader.text('langfuse.observation.output'), output) ?? readAnswer(output)) : null,
    tools: isCall ? toTools(reader, objectOf(input)?.tools ?? tools) : null,
    parameters: readParameters(reader),
    usage: readUsage(reader),
    cost_usd: readCost(reader, isFailed),
    ttft_ms: readFirstToken(reader, startMs),
    finish_reason: toFinishReason(textOf(metadata.finish_reason)),
    // LangChain's callback has them in the metadata of a run that has no other run around it.
    user_id: reader.text('langfuse.user.id') ?? textOf(metadata.langfuse_user_id),
    session_id: reader.text('langfuse.session.id') ?? textOf(metadata.langfuse_session_id),
    environment: reader.text('langfuse.environment'),
    release: reader.text('langfuse.release', 'langfuse.version'),
    prompt_slug: reader.text('langfuse.observation.prompt.name', 'langfuse.prompt.name'),
    prompt_version: reader.text('langfuse.observation.prompt.version', 'langfuse.prompt.version'),
    tags: {
      ...toTags(metadata.langfuse_tags ?? null),
      ...toTags(reader.json('langfuse.trace.tags')),
      ...toTags(reader.json('langfuse.tags')),
    },
    metadata,
    failure: isFailed ? (message ?? '') : null,
    input,
    output,
  };
}

/** Its wrapper of OpenAI for JavaScript calls an embedding a generation. */
function readRole(type: string | null, model: string | null): SpanRole | null {
  if (type === 'generation' && model !== null && /embed/i.test(model)) return 'embedding';
  return type === null ? null : (TYPES.get(type) ?? 'span');
}

/** Without the empty texts that stand for what was not given. */
function readParameters(reader: AttributeReader): JsonObject | null {
  const given = objectOf(reader.json('langfuse.observation.model.parameters'));
  return given === null ? null : Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
}

/** The callback for LangChain puts the tools that are offered behind the messages, as messages of a tool. */
function splitTools(input: JsonValue): { readonly input: JsonValue; readonly tools: JsonValue } {
  const isOffered = (message: JsonValue) => {
    const fields = objectOf(message);
    return fields?.role === 'tool' && objectOf(objectOf(fields.content)?.function) !== null;
  };
  if (!Array.isArray(input) || !input.some(isOffered)) return { input, tools: null };
  return {
    input: input.filter((message) => !isOffered(message)),
    tools: input.filter(isOffered).map((message) => objectOf(message)?.content ?? null),
  };
}

/** A message, a list of items or choices, a text, or whatever else was given back. */
function readAnswer(output: JsonValue): Answer | null {
  if (output === null) return null;
  if (typeof output === 'string') return textAnswer(output, null);
  const fields = objectOf(output);
  if (fields !== null && listOf(fields.choices).length > 0) {
    const choices = listOf(fields.choices).map((choice) => {
      const inner = objectOf(choice);
      return { ...(objectOf(inner?.message) ?? inner), finish_reason: inner?.finish_reason ?? null };
    });
    return toChoices(choices);
  }
  const messages = parseAnswer(output, null);
  return toOneAnswer(messages, textOf(fields?.finish_reason));
}

function toEmbedded(input: JsonValue): JsonValue[] | string | null {
  const given = objectOf(input)?.input ?? input;
  return typeof given === 'string' || Array.isArray(given) ? given : null;
}

/** Parts of the input, and of the output, by the names that the SDKs give them. */
const CACHE_READS = ['input_cached_tokens', 'input_cache_read', 'cache_read_input_tokens', 'cached_input_tokens'];
const CACHE_WRITES = [
  'input_cache_creation',
  'input_cache_creation_5m',
  'input_cache_creation_1h',
  'cache_creation_input_tokens',
];
const REASONING = ['output_reasoning_tokens', 'output_reasoning', 'reasoning_tokens'];
const AUDIO_IN = ['input_audio_tokens', 'input_audio'];
const AUDIO_OUT = ['output_audio_tokens', 'output_audio'];

function readUsage(reader: AttributeReader): ReportedUsage {
  const details = objectOf(reader.json('langfuse.observation.usage_details'));
  if (details === null) return {};
  // The Python SDK passes a provider's own usage on as it is.
  const own = ['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens', 'promptTokenCount'];
  if (own.some((name) => Object.hasOwn(details, name))) return readResponseUsage({ usage: details }) ?? {};
  const sum = (names: readonly string[]) => sumOf(names.map((name) => reader.toCount(details[name])));
  const reads = sum(CACHE_READS);
  const writes = sum(CACHE_WRITES);
  const thoughts = sum(REASONING);
  const total = reader.toCount(details.total);
  // Somebody who fills them in by hand counts as the rest of the world does: the total tells.
  const bare = sumOf([reader.toCount(details.input), reader.toCount(details.output)]);
  const isInclusive = total !== null && total === bare;
  const startingWith = (start: string, beside: readonly string[]) =>
    sum(Object.keys(details).filter((name) => name.startsWith(start) || beside.includes(name)));
  return {
    input_tokens: isInclusive
      ? reader.toCount(details.input)
      : startingWith('input', ['cache_read_input_tokens', 'cached_input_tokens', 'cache_creation_input_tokens']),
    output_tokens: isInclusive ? reader.toCount(details.output) : startingWith('output', ['reasoning_tokens']),
    cached_input_tokens: reads,
    cache_write_tokens: writes,
    reasoning_tokens: thoughts,
    audio_input_tokens: sum(AUDIO_IN),
    audio_output_tokens: sum(AUDIO_OUT),
  };
}

/** Null where none of them is known. */
function sumOf(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}

/** A failed call has costs of 0, which nobody computed. */
function readCost(reader: AttributeReader, isFailed: boolean): number | null {
  const details = objectOf(reader.json('langfuse.observation.cost_details'));
  if (details === null) return null;
  const parts = Object.entries(details).flatMap(([name, cost]) => (name === 'total' ? [] : (toNumber(cost) ?? [])));
  const total = toNumber(details.total) ?? (parts.length === 0 ? null : parts.reduce((sum, cost) => sum + cost, 0));
  return isFailed && total === 0 ? null : total;
}

/** An ISO time in the quotes of JSON. */
function readFirstToken(reader: AttributeReader, startMs: number): number | null {
  const given = reader.text('langfuse.observation.completion_start_time');
  return msFromStart(given?.replaceAll('"', '') ?? null, startMs);
}

/** The Python SDK writes a text in the quotes of JSON. */
function readJsonText(reader: AttributeReader, text: string): JsonValue {
  return text.startsWith('"') && text.endsWith('"') ? unquote(text) : reader.parse(text);
}

const METADATA = ['langfuse.observation.metadata', 'langfuse.trace.metadata', 'langfuse.metadata'];

/** Each key as an attribute of its own, or the whole as JSON. */
function readMetadata(reader: AttributeReader, level: string | null, message: string | null): JsonObject {
  const found = METADATA.toReversed().map((name) => {
    const whole = reader.json(name);
    const fields = objectOf(whole);
    const parsed = Object.entries(reader.below(`${name}.`)).map(
      ([key, value]) => [key, typeof value === 'string' ? readJsonText(reader, value) : value] as const,
    );
    return { ...(fields ?? (whole === null ? {} : { metadata: whole })), ...Object.fromEntries(parsed) };
  });
  return {
    ...Object.fromEntries(found.flatMap((one) => Object.entries(one))),
    // The usual level says nothing.
    ...(level === null || level === 'DEFAULT' ? {} : { level }),
    ...(message === null ? {} : { status_message: message }),
  };
}
