/** OpenInference (Arize Phoenix and its instrumentations): lists are flattened into indexed attributes. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import { readUsage as readResponseUsage } from '#shared/conversation/usage';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import type { AttributeReader } from './attributeReader.ts';
import { type Answer, toChatMessages, toChoices, toFinishReason, userMessage } from './chat.ts';
import { isProviderAnswer, readWritten, toAnswer, toWholeAnswer } from './exchange.ts';
import { type Facts, NOTHING, type ReportedUsage } from './facts.ts';
import { toTags } from './tags.ts';
import { toTools } from './tools.ts';

const KINDS: ReadonlyMap<string, SpanRole> = new Map([
  ['LLM', 'llm'],
  ['EMBEDDING', 'embedding'],
  ['CHAIN', 'chain'],
  ['AGENT', 'agent'],
  ['TOOL', 'tool'],
  ['RETRIEVER', 'retriever'],
  ['RERANKER', 'reranker'],
  ['GUARDRAIL', 'guardrail'],
  ['EVALUATOR', 'evaluator'],
  ['PROMPT', 'prompt'],
  ['UNKNOWN', 'span'],
]);

/** What a span says by the conventions of OpenInference. */
export function readOpenInference(reader: AttributeReader): Facts {
  const kind = reader.text('openinference.span.kind');
  if (kind === null && !reader.holds('llm', 'input', 'output', 'embedding', 'retrieval', 'reranker')) return NOTHING;
  const role = kind === null ? null : (KINDS.get(kind.toUpperCase()) ?? 'span');
  const invocation = objectOf(reader.json('llm.invocation_parameters', 'embedding.invocation_parameters'));
  const input = readValue(reader, 'input');
  const output = readValue(reader, 'output');
  // What a chain gave back is no answer.
  const answer = role === null || role === 'llm' ? readAnswer(reader, output) : null;
  return {
    role,
    name: role === 'tool' ? reader.text('tool.name') : role === 'agent' ? reader.text('agent.name') : null,
    model: reader.text('llm.request.model_name') ?? textOf(invocation?.model) ?? textOf(objectOf(input)?.model),
    response_model: reader.text(
      'llm.response.model_name',
      'llm.model_name',
      'embedding.model_name',
      'reranker.model_name',
    ),
    provider: reader.text('llm.provider', 'llm.system'),
    messages: role === 'embedding' ? readEmbedded(reader, input) : readSent(reader, role, input),
    answer,
    tools: toTools(reader, readTools(reader)) ?? toTools(reader, invocation?.tools ?? null),
    parameters: readParameters(invocation),
    usage: readUsage(reader, output),
    cost_usd: readCost(reader),
    finish_reason: toFinishReason(reader.text('llm.finish_reason')) ?? answer?.finish_reason ?? null,
    service_tier: role === 'llm' ? textOf(objectOf(output)?.service_tier) : null,
    provider_request_id: role === 'llm' ? textOf(objectOf(output)?.id ?? objectOf(output)?.response_id) : null,
    tags: toTags(reader.json('tag.tags')),
    metadata: readMetadata(reader),
    prompt_slug: reader.text('llm.prompt_template.name', 'prompt.name', 'prompt.id'),
    prompt_version: reader.text('llm.prompt_template.version', 'prompt.version'),
    prompt_variables: objectOf(reader.json('llm.prompt_template.variables')),
    input: readInput(reader, input),
    output: readOutput(reader, output),
  };
}

/** Of the AI SDK: who it was for, its tags and its times are fields. */
const FIELDS = /^(?:userId|sessionId|tags|ai\..*)$/;

/** One attribute, or, of the AI SDK, one for each member. */
function readMetadata(reader: AttributeReader): JsonObject {
  const members = reader.entriesBelow('metadata.').filter(([name]) => !FIELDS.test(name));
  return { ...objectOf(reader.json('metadata')), ...Object.fromEntries(members) };
}

/** `input.value` or `output.value`: JSON where its type says so, else text. */
function readValue(reader: AttributeReader, side: 'input' | 'output'): JsonValue {
  const type = reader.text(`${side}.mime_type`);
  const value = reader.value(`${side}.value`) ?? null;
  if (typeof value !== 'string') return value;
  return type !== null && type.includes('json') ? reader.parse(value) : value === '' ? null : value;
}

function readSent(reader: AttributeReader, role: SpanRole | null, input: JsonValue): JsonObject[] | null {
  const messages = reader.list('llm.input_messages.').flatMap(toMessages);
  if (messages.length > 0) return messages;
  const prompts = reader.list('llm.prompts.').flatMap((one) => {
    const text = textOf(objectOf(objectOf(one)?.prompt)?.text);
    return text === null ? [] : [userMessage(text)];
  });
  if (prompts.length > 0) return prompts;
  // What a chain was given is no message.
  return role === 'llm' && input !== null ? toChatMessages(argumentOf(input)) : null;
}

/** LlamaIndex gives the arguments of its own function: of a completion the prompt alone. */
function argumentOf(input: JsonValue): JsonValue {
  const args = listOf(objectOf(input)?.args);
  return args.length === 1 && typeof args[0] === 'string' ? args[0] : input;
}

/** The whole answer where it came as it was, since it also says its usage and its tier. */
function readAnswer(reader: AttributeReader, output: JsonValue): Answer | null {
  const told = reader.list('llm.output_messages.').flatMap(toMessages);
  const messages = told.filter(saysSomething);
  const texts = reader.list('llm.choices.').flatMap((one) => {
    const text = textOf(objectOf(objectOf(one)?.completion)?.text);
    return text === null ? [] : [{ role: 'assistant', content: text }];
  });
  const whole = objectOf(output);
  if (whole !== null && isProviderAnswer(whole)) return toWholeAnswer(whole);
  const given = messages.length > 0 ? messages : texts;
  if (given.length > 0) return toChoices(given);
  // What a failed call has around its empty message is no answer.
  return told.length > 0 ? null : (readWritten(reader.text('output.value'), output) ?? toAnswer(output));
}

/** A failed call of LangChain has a message that has but a role. */
function saysSomething({ role: _role, content, ...others }: JsonObject): boolean {
  return (content !== null && content !== '') || Object.keys(others).length > 0;
}

/** `{message: {role, content, contents, tool_calls, …}}` in the form of chat completions. */
function toMessages(entry: JsonValue): JsonObject[] {
  const message = objectOf(objectOf(entry)?.message);
  if (message === null) return [];
  const { role, content, contents, tool_calls: calls, tool_call_id: id, name } = message;
  const entries = listOf(contents);
  const parts = entries.flatMap(toPart);
  const thoughts = parts.filter(({ type }) => type === 'reasoning');
  const said = parts.filter(({ type }) => type !== 'reasoning');
  const told = listOf(calls).flatMap(toCall);
  // Of Anthropic they stand among the parts, beside the list or without it.
  const toolCalls = told.length > 0 ? told : entries.flatMap(toCall);
  const legacyCall = textOf(message.function_call_name);
  const only = said.length === 1 && said[0]?.type === 'text' ? (said[0].text ?? null) : null;
  const written: JsonObject = {
    role: role === 'model' ? 'assistant' : (textOf(role) ?? 'assistant'),
    content: content ?? only ?? (said.length > 0 ? said : null),
    ...(textOf(id) === null ? {} : { tool_call_id: id ?? null }),
    ...(textOf(name) === null ? {} : { name: name ?? null }),
    ...(thoughts.length === 0
      ? {}
      : { reasoning_content: thoughts.map(({ text }) => textOf(text) ?? '').join('\n\n') }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    ...(legacyCall === null
      ? {}
      : { function_call: { name: legacyCall, arguments: message.function_call_arguments_json ?? '{}' } }),
  };
  return [written];
}

function toPart(entry: JsonValue): JsonObject[] {
  const part = objectOf(objectOf(entry)?.message_content);
  if (part === null || objectOf(objectOf(entry)?.tool_call) !== null) return [];
  const image = textOf(objectOf(objectOf(part.image)?.image)?.url);
  if (image !== null) return [{ type: 'image_url', image_url: { url: image } }];
  const audio = objectOf(objectOf(part.audio)?.audio);
  if (audio !== null) return [{ type: 'audio', audio }];
  // The Responses endpoint says `input_text` and `output_text`.
  return typeof part.text === 'string'
    ? [{ type: part.type === 'reasoning' ? 'reasoning' : 'text', text: part.text }]
    : [part];
}

function toCall(entry: JsonValue): JsonObject[] {
  const call = objectOf(objectOf(entry)?.tool_call);
  const named = objectOf(call?.function);
  const name = textOf(named?.name);
  if (call === null || named === null || name === null) return [];
  const args = named.arguments;
  return [
    {
      ...(textOf(call.id) === null ? {} : { id: call.id ?? null }),
      type: 'function',
      function: { name, arguments: typeof args === 'string' ? args : args === undefined ? '{}' : JSON.stringify(args) },
    },
  ];
}

/** What vectors were made of: one text, or a list. The vectors themselves are left out. */
function readEmbedded(reader: AttributeReader, input: JsonValue): JsonValue[] | string | null {
  const texts = reader
    .list('embedding.embeddings.')
    .flatMap((entry) => textOf(objectOf(objectOf(entry)?.embedding)?.text) ?? []);
  if (texts.length > 0) return texts.length === 1 ? (texts[0] ?? null) : texts;
  const given = objectOf(input)?.input ?? input;
  return typeof given === 'string' || Array.isArray(given) ? given : null;
}

function readTools(reader: AttributeReader): JsonValue[] {
  return reader.list('llm.tools.').flatMap((entry) => {
    const schema = objectOf(objectOf(entry)?.tool)?.json_schema;
    return schema === undefined ? [] : [schema];
  });
}

const NO_PARAMETERS = new Set(['model', 'model_name', 'messages', 'instructions', 'tools', 'input', '_type']);

function readParameters(invocation: JsonObject | null): JsonObject | null {
  if (invocation === null) return null;
  // Some put the whole call here; its words and tools are kept elsewhere.
  const entries = Object.entries(invocation).filter(([name, value]) => value !== null && !NO_PARAMETERS.has(name));
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** Counts, and where the answer is there as it came, what its own usage says beside them. */
function readUsage(reader: AttributeReader, output: JsonValue): ReportedUsage {
  const whole = objectOf(output);
  const own = whole === null || objectOf(whole.usage) === null ? null : readResponseUsage(whole);
  const named = {
    input_tokens: reader.count('llm.token_count.prompt'),
    output_tokens: reader.count('llm.token_count.completion'),
    total_tokens: reader.count('llm.token_count.total'),
    cached_input_tokens: reader.count('llm.token_count.prompt_details.cache_read'),
    cache_write_tokens: reader.count('llm.token_count.prompt_details.cache_write'),
    reasoning_tokens: reader.count('llm.token_count.completion_details.reasoning'),
    audio_input_tokens: reader.count('llm.token_count.prompt_details.audio'),
    audio_output_tokens: reader.count('llm.token_count.completion_details.audio'),
  };
  if (own === null) return named;
  return {
    input_tokens: named.input_tokens ?? own.input_tokens,
    output_tokens: named.output_tokens ?? own.output_tokens,
    total_tokens: named.total_tokens,
    cached_input_tokens: named.cached_input_tokens ?? own.cached_input_tokens,
    cache_write_tokens: named.cache_write_tokens ?? own.cache_write_tokens,
    reasoning_tokens: named.reasoning_tokens ?? own.reasoning_tokens,
    audio_input_tokens: named.audio_input_tokens ?? own.audio_input_tokens,
    audio_output_tokens: named.audio_output_tokens ?? own.audio_output_tokens,
  };
}

function readCost(reader: AttributeReader): number | null {
  const total = reader.number('llm.cost.total');
  const prompt = reader.number('llm.cost.prompt');
  const completion = reader.number('llm.cost.completion');
  return total ?? (prompt === null || completion === null ? null : prompt + completion);
}

/** What a step was given: of a reranker the query and its documents. */
function readInput(reader: AttributeReader, input: JsonValue): JsonValue {
  const documents = reader.list('reranker.input_documents.').map(toDocument);
  const query = reader.text('reranker.query');
  if (documents.length > 0) return { query, documents };
  return input ?? reader.json('tool.parameters');
}

function readOutput(reader: AttributeReader, output: JsonValue): JsonValue {
  const found = [...reader.list('retrieval.documents.'), ...reader.list('reranker.output_documents.')].map(toDocument);
  return found.length > 0 ? found : output;
}

function toDocument(entry: JsonValue): JsonValue {
  return objectOf(entry)?.document ?? entry;
}
