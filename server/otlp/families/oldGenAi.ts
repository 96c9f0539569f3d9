/**
 * GenAI as it was: OpenTelemetry up to v1.36 with its events, and OpenLLMetry (Traceloop) with its indexed attributes
 * `gen_ai.prompt.0.content`.
 */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import { type AttributeReader, unquote } from './attributeReader.ts';
import { fromChoices, isChatMessage, toChatMessages, toChoice, toFinishReason } from './chat.ts';
import { readCompletion, readExchange } from './exchange.ts';
import { type Facts, joinUsage, NOTHING, type ReportedUsage } from './facts.ts';
import { secondsToMs } from './genAi.ts';
import { toIndexedTools } from './tools.ts';
import { parseContent } from './content.ts';

const REQUEST_TYPES: ReadonlyMap<string, SpanRole> = new Map([
  ['chat', 'llm'],
  ['completion', 'llm'],
  ['llm', 'llm'],
  // LiteLLM.
  ['acompletion', 'llm'],
  ['aembedding', 'embedding'],
  ['arerank', 'reranker'],
  ['embedding', 'embedding'],
  ['embeddings', 'embedding'],
  ['rerank', 'reranker'],
]);
const TRACELOOP_KINDS: ReadonlyMap<string, SpanRole> = new Map([
  ['workflow', 'chain'],
  ['task', 'chain'],
  ['agent', 'agent'],
  ['tool', 'tool'],
]);
/** Stores of vectors: a search in one is a step of AI work, as one in another database is not. */
const VECTOR_STORES = new Set(['chroma', 'chromadb', 'pinecone', 'qdrant', 'weaviate', 'milvus', 'lancedb', 'marqo']);

/** All names that are read here: spans of the conventions as they are now have none of them. */
const NAMES =
  /^(?:llm|traceloop|db)\.|^gen_ai\.(?:headers|system|prompt|prompt_json|completion|completion_json|content|model|task|server|openai|latency|response\.(?:service_tier|finish_reason|prompt_tokens|completion_tokens)|usage\.(?:prompt|completion|reasoning|cache_read_input|cache_creation_input)_tokens)(?:$|\.)/;

/** What OpenLLMetry and older GenAI conventions say of a span. */
export function readOldGenAi(reader: AttributeReader): Facts {
  if (!reader.hasLike(NAMES)) return NOTHING;
  // Those of the client, which may hold credentials.
  reader.value('llm.headers');
  reader.value('gen_ai.headers');
  const words = readWords(reader);
  return {
    ...words,
    role: readRole(reader),
    name: reader.text('traceloop.entity.name'),
    provider: reader.text('gen_ai.system', 'gen_ai.model.provider'),
    tools: toIndexedTools(reader, reader.list('llm.request.functions.')) ?? words.tools ?? null,
    parameters: readParameters(reader) ?? words.parameters ?? null,
    usage: joinUsage([readUsage(reader), words.usage]),
    ttft_ms: secondsToMs(reader.number('gen_ai.server.time_to_first_token', 'gen_ai.latency.time_to_first_token')),
    finish_reason: readFinishReason(reader),
    service_tier: reader.text('gen_ai.response.service_tier'),
    stream: reader.boolean('llm.is_streaming') ?? words.stream ?? null,
    user_id: reader.text(
      'traceloop.association.properties.user_id',
      'traceloop.association.properties.userId',
      'llm.user',
      'gen_ai.openai.request.user',
    ),
    session_id: reader.text(
      'traceloop.association.properties.session_id',
      'traceloop.association.properties.sessionId',
      'traceloop.association.properties.chat_id',
    ),
    prompt_slug: reader.text('traceloop.prompt.key'),
    prompt_version: reader.text('traceloop.prompt.version'),
    metadata: readMetadata(reader),
    input:
      argumentsOf(readEntity(reader, 'traceloop.entity.input')) ??
      reader.json('gen_ai.task.input') ??
      words.input ??
      null,
    output: readEntity(reader, 'traceloop.entity.output') ?? reader.json('gen_ai.task.output') ?? words.output ?? null,
  };
}

/** Semantic Kernel writes the reasons of all choices, with commas between them. */
function readFinishReason(reader: AttributeReader): string | null {
  const told = reader.text('llm.response.finish_reason', 'gen_ai.response.finish_reason');
  return toFinishReason(told?.split(',')[0] ?? null);
}

/** What a step was given or gave back is JSON: a text stands in quotes, and may be JSON itself. */
function readEntity(reader: AttributeReader, name: string): JsonValue {
  const value = reader.json(name);
  return typeof value === 'string' && value.startsWith('"') ? reader.parse(unquote(value)) : value;
}

/** The arguments of a decorated function, `{args, kwargs}`: those with names, or the only one, where these are all. */
function argumentsOf(input: JsonValue): JsonValue {
  const { args, kwargs, ...others } = objectOf(input) ?? {};
  const named = objectOf(kwargs);
  if (!Array.isArray(args) || named === null || Object.keys(others).length > 0) return input;
  if (args.length === 0) return named;
  return args.length === 1 && Object.keys(named).length === 0 ? (args[0] ?? null) : input;
}

/** Who it was for and in which session are fields. */
const FIELDS = new Set(['user_id', 'userId', 'session_id', 'sessionId', 'chat_id']);

function readMetadata(reader: AttributeReader): JsonObject {
  const given = reader.below('traceloop.association.properties.');
  return Object.fromEntries(Object.entries(given).filter(([name]) => !FIELDS.has(name)));
}

function readRole(reader: AttributeReader): SpanRole | null {
  const type = REQUEST_TYPES.get(reader.text('llm.request.type')?.toLowerCase() ?? '');
  const kind = TRACELOOP_KINDS.get(reader.text('traceloop.span.kind')?.toLowerCase() ?? '');
  const store = (reader.holds('db') ? reader.text('db.system', 'db.system.name') : null)?.toLowerCase() ?? '';
  return type ?? kind ?? (VECTOR_STORES.has(store) ? 'retriever' : null);
}

/** Words as one text, or as JSON of messages or of the whole call: Cloudflare's gateway has the names in `_json`. */
const PROMPTS = ['gen_ai.prompt', 'gen_ai.content.prompt', 'gen_ai.prompt_json', 'llm.prompts'];
const COMPLETIONS = ['gen_ai.completion', 'gen_ai.content.completion', 'gen_ai.completion_json'];

/** `gen_ai.prompt.N.*` and `gen_ai.completion.N.*`, or each as a whole; of a step they are its input and its output. */
function readWords(reader: AttributeReader): Facts {
  const prompts = reader.list('gen_ai.prompt.').flatMap((prompt) => toMessages(reader, prompt, 'user'));
  const choices = reader.list('gen_ai.completion.').flatMap((completion, index) => {
    const [message] = toMessages(reader, completion, 'assistant');
    const reason = toFinishReason(textOf(objectOf(completion)?.finish_reason));
    return message === undefined ? [] : [toChoice(message, index, reason)];
  });
  const sent = reader.json(...PROMPTS);
  const received = reader.json(...COMPLETIONS);
  const whole = readExchange(reader, 'llm', { sent, received });
  const answer = fromChoices(choices) ?? readCompletion(reader, COMPLETIONS);
  return {
    ...whole,
    messages: prompts.length > 0 ? prompts : (whole.messages ?? null),
    answer,
    input: sent ?? (prompts.length > 0 ? prompts : null),
    output: received ?? answer?.response_content ?? answer?.response ?? null,
  };
}

/** One prompt or completion; its content may be a list of parts as JSON text. */
function toMessages(reader: AttributeReader, entry: JsonValue, role: string): JsonObject[] {
  const fields = objectOf(entry);
  if (fields === null) return typeof entry === 'string' && entry !== '' ? [{ role, content: entry }] : [];
  const { content, tool_calls: calls, finish_reason: _reason, ...others } = fields;
  const said = typeof content === 'string' ? parseContent(reader, content) : (content ?? null);
  const toolCalls = (
    Array.isArray(calls) ? calls : typeof calls === 'string' ? listOf(reader.parse(calls)) : []
  ).flatMap(toCall);
  const message: JsonObject = {
    role: textOf(others.role) ?? role,
    content: said,
    ...(textOf(others.tool_call_id) === null ? {} : { tool_call_id: others.tool_call_id ?? null }),
    ...(textOf(others.name) === null ? {} : { name: others.name ?? null }),
    ...(textOf(others.reasoning) === null ? {} : { reasoning_content: others.reasoning ?? null }),
    ...(textOf(others.refusal) === null ? {} : { refusal: others.refusal ?? null }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
  return isChatMessage(message) ? [message] : toChatMessages([message]);
}

/** `{id, name, arguments}` or chat completions' own form. */
function toCall(call: JsonValue): JsonObject[] {
  const fields = objectOf(call);
  if (fields === null) return [];
  const named = objectOf(fields.function) ?? fields;
  const name = textOf(named.name);
  if (name === null) return [];
  const args = named.arguments ?? null;
  return [
    {
      ...(textOf(fields.id) === null ? {} : { id: fields.id ?? null }),
      type: 'function',
      function: { name, arguments: args === null ? '{}' : typeof args === 'string' ? args : JSON.stringify(args) },
    },
  ];
}

const PARAMETERS: readonly (readonly [attribute: string, name: string])[] = [
  ['llm.top_k', 'top_k'],
  ['llm.frequency_penalty', 'frequency_penalty'],
  ['llm.presence_penalty', 'presence_penalty'],
  ['llm.chat.stop_sequences', 'stop'],
  ['gen_ai.openai.request.seed', 'seed'],
  ['llm.request.reasoning_effort', 'reasoning_effort'],
];

function readParameters(reader: AttributeReader): JsonObject | null {
  const entries = PARAMETERS.flatMap(([attribute, name]) => {
    const value = reader.value(attribute);
    return value === undefined || value === null ? [] : [[name, value] as const];
  });
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function readUsage(reader: AttributeReader): ReportedUsage {
  return {
    input_tokens: reader.count(
      'gen_ai.usage.prompt_tokens',
      'llm.usage.prompt_tokens',
      'gen_ai.response.prompt_tokens',
    ),
    output_tokens: reader.count(
      'gen_ai.usage.completion_tokens',
      'llm.usage.completion_tokens',
      'gen_ai.response.completion_tokens',
    ),
    total_tokens: reader.count('llm.usage.total_tokens'),
    cached_input_tokens: reader.count('gen_ai.usage.cache_read_input_tokens', 'llm.usage.cache_read_input_tokens'),
    cache_write_tokens: reader.count(
      'gen_ai.usage.cache_creation_input_tokens',
      'llm.usage.cache_creation_input_tokens',
    ),
    reasoning_tokens: reader.count('gen_ai.usage.reasoning_tokens', 'llm.usage.reasoning_tokens'),
  };
}
