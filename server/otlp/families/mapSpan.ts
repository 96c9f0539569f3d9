/** Asks every family about a span, and puts together what we store. */
import { objectOf, textOf } from '#shared/conversation/part';
import type { TokenUsage } from '#shared/conversation/usage';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { MappedSpan, SpanRole } from '../mapping.ts';
import type { OtlpSpan } from '../span.ts';
import { readAiSdk } from './aiSdk.ts';
import { AttributeReader } from './attributeReader.ts';
import { readBraintrust } from './braintrust.ts';
import { toChatMessages } from './chat.ts';
import { type Facts, joinUsage, type MergedFacts, mergeFacts, type ReportedUsage } from './facts.ts';
import { readClaudeCode } from './claudeCode.ts';
import { readFailure } from './failure.ts';
import { sdkOf, type SettledFacts, toRequestFields, toSpanFields } from './fields.ts';
import { readGenAi } from './genAi.ts';
import { readGeneral } from './general.ts';
import { readGenkit } from './genkit.ts';
import { readGoogleAdk } from './googleAdk.ts';
import { readHaystack } from './haystack.ts';
import { unwrapInput, unwrapOutput, unwrapToolResult } from './langChain.ts';
import { readLangfuse } from './langfuse.ts';
import { readLangSmith } from './langSmith.ts';
import { readMastra } from './mastra.ts';
import { readMlflow } from './mlflow.ts';
import { readEvents, readFound } from './oldEvents.ts';
import { readLogfire } from './logfire.ts';
import { readOldGenAi } from './oldGenAi.ts';
import { readOpenInference } from './openInference.ts';
import { readPromptLab } from './promptlab.ts';
import { readPydanticAi } from './pydanticAi.ts';
import { readSpringAi } from './springAi.ts';
import { settleUsage, usageSourceOf } from './usage.ts';

/** What is no chat: its input is kept as it was given. */
const ENDPOINTS: ReadonlyMap<SpanRole, string> = new Map([
  ['embedding', 'embeddings'],
  ['reranker', 'rerank'],
]);

/** Never throws: what cannot be read stays below `metadata`. */
export function readSpan(span: OtlpSpan): MappedSpan {
  const reader = new AttributeReader(span.attributes);
  const aiSdk = readAiSdk(reader);
  const startMs = Number(span.startNano) / 1e6;
  const general = readGeneral(reader, span.resource);
  // The order is the precedence, field by field.
  const facts = mergeFacts([
    readPromptLab(reader),
    readLangfuse(reader, startMs),
    readGoogleAdk(reader),
    readClaudeCode(reader, span.name),
    readLangSmith(reader),
    readMastra(reader, startMs),
    readGenAi(reader),
    readSpringAi(reader),
    // Before OpenInference, which makes its own attributes of these and loses some: thoughts, and the results of tools.
    aiSdk,
    readOpenInference(reader),
    readOldGenAi(reader),
    readPydanticAi(reader),
    readLogfire(reader),
    readHaystack(reader),
    readMlflow(reader),
    readBraintrust(reader),
    readGenkit(reader),
    readEvents(span.events, reader.notes),
    readFound(span.events),
    general,
  ]);
  const role = roleOf(span, reader, facts);
  settleWords(facts, role, reader);
  settleStream(facts);
  // As the SDKs take it: the end user, whom OpenAI is told.
  facts.user_id ??= textOf(facts.parameters?.user);
  facts.ttft_ms ??= readFirstChunk(span);
  facts.provider ??= textOf(facts.metadata?.ls_provider);
  const usage = settleUsage(usageOf(facts, aiSdk), reader.notes, usageSourceOf(span.scope.name));
  const isRequest = role === 'llm' || role === 'embedding' || (role === 'reranker' && isBilled(facts, usage));
  if (isRequest && usage.input_tokens === null && usage.output_tokens === null) reader.notes.add('no_usage');
  const settled: SettledFacts = {
    facts,
    usage,
    error: readFailure(span, reader, facts),
    hasEnded: span.endNano !== null,
    spanName: span.name,
    sdk: sdkOf(span),
    rest: restOf(span, reader),
  };
  const fields = isRequest
    ? toRequestFields(settled, ENDPOINTS.get(role) ?? null)
    : toSpanFields(settled, role === 'other' ? 'span' : role);
  return { role, target: isRequest ? 'request' : 'span', fields, notes: [...reader.notes] };
}

/** What it says it is; else what its attributes look like. */
function roleOf(span: OtlpSpan, reader: AttributeReader, facts: MergedFacts): SpanRole {
  if (facts.role === 'llm' && isPreparation(span)) return 'chain';
  if (facts.role !== null) return facts.role;
  if (reader.has('gen_ai.request.model') || reader.has('gen_ai.response.model')) return 'llm';
  const isOfFamily =
    reader.holds('gen_ai', 'openinference', 'mcp') ||
    reader.hasBelow('langfuse.observation.') ||
    reader.hasBelow('llm.') ||
    // What is set on every span of a workflow, those of HTTP too, is no sign.
    reader.has('traceloop.entity.input') ||
    reader.has('traceloop.span.kind') ||
    span.scope.name === 'langfuse-sdk' ||
    span.scope.name === 'ai';
  return isOfFamily ? 'span' : 'other';
}

/** OpenInference takes LlamaIndex's preparation of a call, `OpenAI._prepare_chat_with_tools`, for one. */
function isPreparation({ name, scope }: OtlpSpan): boolean {
  return scope.name === 'openinference.instrumentation.llama_index' && name.includes('._prepare_');
}

/** The AI SDK tells cached tokens and reasoning under its own names alone, and its totals go with them. */
function usageOf(facts: MergedFacts, aiSdk: Facts): ReportedUsage {
  return aiSdk.usage ? joinUsage([aiSdk.usage, facts.usage]) : (facts.usage ?? {});
}

/** A reranker that tells a model and a usage is paid for as a call is. */
function isBilled(facts: MergedFacts, usage: TokenUsage): boolean {
  return (facts.model ?? facts.response_model) !== null && usage.input_tokens !== null;
}

/** Words in the form of their kind of span. */
function settleWords(facts: MergedFacts, role: SpanRole, reader: AttributeReader): void {
  facts.messages = role === 'embedding' ? toEmbedded(facts.messages) : toChat(facts.messages);
  facts.input = unwrapInput(facts.input);
  const output = unwrapOutput(facts.output);
  facts.output = role === 'tool' ? unwrapToolResult(reader, output) : output;
}

/** Where families disagree about what it is, the words are those of another kind of call. */
function toChat(messages: JsonValue[] | string | null): JsonValue[] | null {
  if (messages === null) return null;
  const isChat = Array.isArray(messages) && messages.every((message) => typeof objectOf(message)?.role === 'string');
  return isChat ? messages : toChatMessages(messages);
}

/** What vectors were made of: some wrap it in messages of a chat. */
function toEmbedded(messages: JsonValue[] | string | null): JsonValue[] | string | null {
  if (!Array.isArray(messages)) return messages;
  const contents = messages.map((message) => objectOf(message)?.content);
  if (!contents.every((content) => typeof content === 'string')) return messages;
  return contents.length === 1 ? (contents[0] ?? null) : contents;
}

/** Events at the first piece of a stream: of OpenInference, of OpenLLMetry. */
const FIRST_CHUNKS = new Set([
  'First Token Stream Event',
  'gen_ai.content.completion.chunk',
  'llm.content.completion.chunk',
]);

function readFirstChunk({ events, startedAt }: OtlpSpan): number | null {
  const time = events.find(({ name }) => FIRST_CHUNKS.has(name))?.time ?? null;
  const ms = time === null ? -1 : time.getTime() - startedAt.getTime();
  return ms < 0 ? null : ms;
}

/** Whether it was streamed is a field of its own, and no parameter of the model. */
function settleStream(facts: MergedFacts): void {
  if (typeof facts.parameters?.stream !== 'boolean') return;
  const { stream, ...others } = facts.parameters;
  facts.stream ??= stream === true;
  facts.parameters = others;
}

/** What nobody read, with the service that sent it. */
function restOf(span: OtlpSpan, reader: AttributeReader): JsonObject {
  const service = span.resource.get('service.name');
  const isNamed = typeof service === 'string' && service !== '' && !service.startsWith('unknown_service');
  return isNamed ? { 'service.name': service, ...reader.rest() } : reader.rest();
}
