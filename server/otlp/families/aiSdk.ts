/** The telemetry of Vercel's AI SDK, versions 4 to 6, and of 7 in its old form: the outer span repeats its inner ones. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import { parseMessage } from '#shared/conversation/parseMessage';
import { findAnswerUsage, readUsage as readAnswerUsage } from '#shared/conversation/usage';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import { type AttributeReader, toText, unquote } from './attributeReader.ts';
import { type Answer, toChatMessages, toChoice, toFinishReason, toOneAnswer } from './chat.ts';
import { type Facts, NOTHING, type ReportedUsage } from './facts.ts';
import { toTags } from './tags.ts';
import { toTools } from './tools.ts';

/** Calls of a model; every other operation is a step around them. */
const CALLS: ReadonlyMap<string, SpanRole> = new Map([
  ['ai.generateText.doGenerate', 'llm'],
  ['ai.streamText.doStream', 'llm'],
  ['ai.generateObject.doGenerate', 'llm'],
  ['ai.streamObject.doStream', 'llm'],
  ['ai.embed.doEmbed', 'embedding'],
  ['ai.embedMany.doEmbed', 'embedding'],
  ['ai.rerank.doRerank', 'reranker'],
  ['ai.toolCall', 'tool'],
]);
/** Settings that are parameters of the model, under the names of chat completions. */
const SETTINGS: ReadonlyMap<string, string> = new Map([
  ['maxOutputTokens', 'max_tokens'],
  ['maxTokens', 'max_tokens'],
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['presencePenalty', 'presence_penalty'],
  ['stopSequences', 'stop'],
  ['seed', 'seed'],
]);

/** What the AI SDK 4 to 7 says of a span by its own names. */
export function readAiSdk(reader: AttributeReader): Facts {
  if (!reader.holds('ai')) return NOTHING;
  // They may hold credentials, and vectors are of no use to a reader.
  reader.ignoreBelow('ai.request.headers.');
  // The operation again, with the function's id behind it.
  reader.value('operation.name');
  for (const vector of ['ai.embedding', 'ai.embeddings']) reader.value(vector);
  const role = readRole(reader);
  const providerMetadata = objectOf(reader.json('ai.response.providerMetadata'));
  const usage = readUsage(reader, providerMetadata);
  // Of the details, those that are not read say what is left of the total.
  reader.ignoreBelow('ai.usage.');
  const answer = role === 'embedding' ? null : withBill(readAnswer(reader), providerMetadata);
  const given = reader.below('ai.telemetry.metadata.');
  const { userId, sessionId, tags, langfusePrompt, ...metadata } = given;
  const prompt = objectOf(typeof langfusePrompt === 'string' ? reader.parse(langfusePrompt) : langfusePrompt);
  const isTool = role === 'tool';
  return {
    role,
    name: (isTool ? reader.text('ai.toolCall.name') : null) ?? reader.text('ai.telemetry.functionId', 'resource.name'),
    model: reader.text('ai.model.id'),
    response_model: reader.text('ai.response.model'),
    provider: reader.text('ai.model.provider'),
    messages: role === 'embedding' ? readEmbedded(reader) : readMessages(reader),
    answer,
    tools: toTools(reader, reader.json('ai.prompt.tools')),
    parameters: readParameters(reader),
    usage,
    ttft_ms: positive(reader.number('ai.response.msToFirstChunk')),
    finish_reason: answer?.finish_reason ?? toFinishReason(reader.text('ai.response.finishReason')),
    provider_request_id: reader.text('ai.response.id'),
    stream: role === 'llm' ? (reader.text('ai.operationId') ?? '').endsWith('.doStream') : null,
    user_id: textOf(userId),
    session_id: textOf(sessionId),
    tags: toTags(typeof tags === 'string' ? reader.parse(tags) : (tags ?? null)),
    metadata,
    prompt_slug: textOf(prompt?.name),
    prompt_version: toText(prompt?.version),
    input: isTool ? reader.json('ai.toolCall.args') : (reader.json('ai.prompt') ?? readEmbedded(reader)),
    output: isTool ? reader.json('ai.toolCall.result') : (answer?.response_content ?? answer?.response ?? null),
  };
}

/** `operation.name` has the id of the function behind it: `ai.toolCall my-function`. */
function readRole(reader: AttributeReader): SpanRole | null {
  const operation = reader.text('ai.operationId') ?? reader.text('operation.name')?.split(' ')[0] ?? null;
  if (operation === null || !operation.startsWith('ai.')) return null;
  return CALLS.get(operation) ?? 'chain';
}

/** Of an outer span `ai.prompt` is its input. */
function readMessages(reader: AttributeReader): JsonObject[] | null {
  const messages = reader.json('ai.prompt.messages');
  return messages === null ? null : toChatMessages(messages);
}

/** The answer, which comes in pieces: text or object, thoughts, calls of tools, files. */
function readAnswer(reader: AttributeReader): Answer | null {
  const reasoning = reader.json('ai.response.reasoning');
  const text =
    reader.text('ai.response.text', 'ai.result.text') ?? reader.text('ai.response.object', 'ai.result.object');
  const calls = listOf(reader.json('ai.response.toolCalls', 'ai.result.toolCalls'));
  const files = listOf(reader.json('ai.response.files'));
  const reason = reader.text('ai.response.finishReason', 'ai.finishReason');
  const content: JsonValue[] = [
    ...thoughtsOf(reasoning).map((thought) => ({ type: 'reasoning', text: thought })),
    ...(text === null ? [] : [{ type: 'text', text }]),
    ...files.map((file) => ({ type: 'file', ...objectOf(file) })),
  ];
  const parts = calls.map((call) => ({ type: 'tool-call', ...objectOf(call), ...argumentsOf(reader, call) }));
  return toOneAnswer([parseMessage({ role: 'assistant', content: [...content, ...parts] })], reason);
}

function argumentsOf(reader: AttributeReader, call: JsonValue): JsonObject {
  const fields = objectOf(call);
  const args = fields?.input ?? fields?.args ?? null;
  return { input: typeof args === 'string' ? reader.parse(args) : args };
}

/** A text, or a list of `{type: 'reasoning', text}`. */
function thoughtsOf(reasoning: JsonValue): string[] {
  if (typeof reasoning === 'string') return [reasoning];
  return listOf(reasoning).flatMap((one) => textOf(objectOf(one)?.text) ?? []);
}

/** What vectors were made of: `ai.value` is JSON text of a text, `ai.values` a list of such texts. */
function readEmbedded(reader: AttributeReader): JsonValue[] | string | null {
  const values = reader.json('ai.values');
  if (Array.isArray(values)) return values.map((value) => (typeof value === 'string' ? unquote(value) : value));
  const value = reader.text('ai.value');
  const unquoted = value === null ? null : unquote(value);
  return typeof unquoted === 'string' || Array.isArray(unquoted) ? unquoted : null;
}

function readParameters(reader: AttributeReader): JsonObject | null {
  const entries: [string, JsonValue][] = [];
  for (const [setting, name] of SETTINGS) {
    const value = reader.value(`ai.settings.${setting}`);
    if (value !== undefined && value !== null) entries.push([name, value]);
  }
  const choice = reader.json('ai.prompt.toolChoice');
  if (choice !== null) entries.push(['tool_choice', choice]);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** Members of a provider's metadata that say what a call costs besides its tokens, or by which tier. */
const BILLS = ['usage', 'groundingMetadata', 'serviceTier', 'cost', 'costInUsdTicks'] as const;

/** The answer with what its provider says of the bill, in the place where the AI SDK has it. */
function withBill(answer: Answer | null, providerMetadata: JsonObject | null): Answer | null {
  if (answer === null || providerMetadata === null) return answer;
  const tells = Object.values(providerMetadata).map(objectOf);
  if (!tells.some((told) => BILLS.some((name) => (told?.[name] ?? null) !== null))) return answer;
  const { response, response_content, finish_reason } = answer;
  const whole = objectOf(response) ?? {
    choices: [toChoice({ role: 'assistant', content: response_content }, 0, finish_reason)],
  };
  return { ...answer, response: { ...whole, providerMetadata } };
}

function readUsage(reader: AttributeReader, providerMetadata: JsonObject | null): ReportedUsage {
  const told = {
    input_tokens: reader.count('ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'),
    output_tokens: reader.count('ai.usage.outputTokens', 'ai.usage.completionTokens'),
    total_tokens: reader.count('ai.usage.totalTokens'),
    cached_input_tokens: reader.count('ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'),
    cache_write_tokens: reader.count('ai.usage.inputTokenDetails.cacheWriteTokens'),
    reasoning_tokens: reader.count('ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'),
  };
  // Version 6 tells all of it.
  const isWhole = providerMetadata === null || reader.hasBelow('ai.usage.inputTokenDetails.');
  return isWhole ? told : (readBeside(told, providerMetadata) ?? told);
}

/** What the provider tells of the cache and of reasoning besides, put together as in a log; null where it is nothing. */
function readBeside(told: ReportedUsage, providerMetadata: JsonObject): ReportedUsage | null {
  const usage = {
    inputTokens: told.input_tokens ?? null,
    outputTokens: told.output_tokens ?? null,
    totalTokens: told.total_tokens ?? null,
    cachedInputTokens: told.cached_input_tokens ?? null,
    reasoningTokens: told.reasoning_tokens ?? null,
  };
  const answer = { text: '', usage, providerMetadata };
  return findAnswerUsage(answer) === usage ? null : readAnswerUsage(answer);
}

function positive(number: number | null): number | null {
  return number === null || number < 0 ? null : number;
}
