/** OpenTelemetry's GenAI conventions as they are now (v1.37 and later), and the general attributes that go with them. */
import { pickReason } from '#shared/conversation/finishReason';
import { listOf, textOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import { type AttributeReader, toNumber } from './attributeReader.ts';
import { readResult } from './evaluation.ts';
import { toChatMessages, toChoices, toFinishReason, toSystemMessage } from './chat.ts';
import { type Facts, NOTHING, type ReportedUsage } from './facts.ts';
import { toTools } from './tools.ts';

const OPERATIONS: ReadonlyMap<string, SpanRole> = new Map([
  ['chat', 'llm'],
  ['completion', 'llm'],
  ['text_completion', 'llm'],
  ['generate_content', 'llm'],
  ['responses', 'llm'],
  // Semantic Kernel.
  ['chat.completions', 'llm'],
  ['chat.streaming_completions', 'llm'],
  ['text.completions', 'llm'],
  ['text.streaming_completions', 'llm'],
  ['embeddings', 'embedding'],
  ['embedding', 'embedding'],
  ['rerank', 'reranker'],
  ['retrieval', 'retriever'],
  ['execute_tool', 'tool'],
  ['invoke_agent', 'agent'],
  ['create_agent', 'agent'],
  ['invoke_workflow', 'chain'],
  ['task', 'chain'],
  // The AI SDK 7: a call of a model and the tools that it calls.
  ['agent_step', 'chain'],
  // Gemini CLI.
  ['llm_call', 'llm'],
  ['tool_call', 'tool'],
  ['agent_call', 'agent'],
]);

/** What Alibaba's conventions say it is: AgentScope, Dify. */
const KINDS: ReadonlyMap<string, SpanRole> = new Map([
  ['LLM', 'llm'],
  ['EMBEDDING', 'embedding'],
  ['CHAIN', 'chain'],
  ['WORKFLOW', 'chain'],
  ['TASK', 'chain'],
  ['STEP', 'chain'],
  ['AGENT', 'agent'],
  ['TOOL', 'tool'],
  ['RETRIEVER', 'retriever'],
  ['RERANKER', 'reranker'],
]);

/** Fields of a call that stand among its parameters. */
const NO_PARAMETERS = new Set(['model', 'id', 'stream', 'is_stream']);

/** Parameters that are numbers: Spring AI writes them as text. */
const NUMBERS = new Set(
  'temperature top_p top_k max_tokens frequency_penalty presence_penalty seed choice.count'.split(' '),
);

/** Names of parameters that chat completions has other names for. */
const PARAMETER_NAMES: ReadonlyMap<string, string> = new Map([
  ['stop_sequences', 'stop'],
  ['choice.count', 'n'],
  ['encoding_formats', 'encoding_format'],
]);

/** What a span says by OpenTelemetry's GenAI conventions, as they are now. */
export function readGenAi(reader: AttributeReader): Facts {
  if (!reader.holds('gen_ai', 'openai', 'anthropic', 'mcp')) return NOTHING;
  const finishReasons = readFinishReasons(reader);
  const input = readList(reader, 'gen_ai.input.messages');
  const output = readList(reader, 'gen_ai.output.messages');
  const instructions = toSystemMessage(reader.quoted('gen_ai.system_instructions'));
  const sent = input === null ? [] : toChatMessages(input);
  const isToolCall = reader.has('gen_ai.tool.call.arguments') || reader.has('gen_ai.tool.call.result');
  const messages = instructions.length + sent.length === 0 ? null : joinInstructions(instructions, sent);
  const answer = output === null ? null : toChoices(output, finishReasons);
  const role = readRole(reader);
  const evaluation = role === 'evaluator' ? readResult(reader) : null;
  return {
    role,
    name: evaluation ? evaluation.name : readName(reader, role),
    model: reader.text('gen_ai.request.model', 'gen_ai.model_name'),
    response_model: reader.text('gen_ai.response.model'),
    provider: reader.text('gen_ai.provider.name'),
    messages,
    answer,
    tools: toTools(reader, reader.json('gen_ai.tool.definitions')),
    parameters: readParameters(reader),
    usage: readUsage(reader),
    cost_usd: reader.number('gen_ai.usage.cost', 'gen_ai.usage.total_cost', 'gen_ai.cost.total_cost'),
    ttft_ms: secondsToMs(
      reader.number('gen_ai.response.time_to_first_chunk', 'gen_ai.client.operation.time_to_first_chunk'),
    ),
    // The spans that Anthropic's client makes itself have a name of its own for the reason.
    finish_reason: toFinishReason(
      pickReason(finishReasons.filter((reason) => reason !== null)) ?? reader.text('anthropic.message.stop_reason'),
    ),
    service_tier: reader.text('openai.response.service_tier', 'gen_ai.openai.response.service_tier'),
    provider_request_id: reader.text('gen_ai.response.id', 'gen_ai.request.id'),
    stream: readStream(reader),
    // The last two are of Alibaba's conventions.
    session_id: reader.text('gen_ai.conversation.id', 'gen_ai.session.id'),
    user_id: reader.text('gen_ai.user.id'),
    prompt_slug: reader.text('gen_ai.prompt.name'),
    prompt_version: reader.text('gen_ai.prompt.version'),
    input: isToolCall
      ? reader.json('gen_ai.tool.call.arguments')
      : ((role === 'tool' ? input : messages) ?? reader.json('gen_ai.retrieval.query.text')),
    output: isToolCall
      ? reader.json('gen_ai.tool.call.result')
      : (evaluation?.output ??
        (role === 'tool' ? output : (answer?.response_content ?? answer?.response)) ??
        reader.json('gen_ai.retrieval.documents')),
  };
}

/** Some tell the instructions twice: by themselves, and as the first message. */
function joinInstructions(instructions: readonly JsonObject[], sent: readonly JsonObject[]): JsonObject[] {
  const isRepeated = sent[0]?.role === 'system' && sent[0].content === instructions[0]?.content;
  return isRepeated ? [...sent] : [...instructions, ...sent];
}

/** JSON as one text, or as a list of values of which each may be JSON as text. */
function readList(reader: AttributeReader, name: string): JsonValue {
  const given = reader.json(name);
  if (!Array.isArray(given) || !given.every((item) => typeof item === 'string' && item.startsWith('{'))) return given;
  return given.map((item) => (typeof item === 'string' ? reader.parse(item) : item));
}

/** Of a tool, and of an agent that runs: the span is called `invoke_agent NAME`, or by the model where it has no name. */
function readName(reader: AttributeReader, role: SpanRole | null): string | null {
  if (role === 'tool') return reader.text('gen_ai.tool.name');
  const isRun = role === 'agent' && reader.text('gen_ai.operation.name')?.toLowerCase() === 'invoke_agent';
  return isRun ? reader.text('gen_ai.agent.name') : null;
}

/** What the operation says; a tool or an evaluation by its name, where no operation is told. */
function readRole(reader: AttributeReader): SpanRole | null {
  const operation = reader.text('gen_ai.operation.name')?.toLowerCase() ?? null;
  const role = operation === null ? undefined : OPERATIONS.get(operation);
  const kind = KINDS.get(reader.text('gen_ai.span.kind')?.toUpperCase() ?? '');
  if (role !== undefined || kind !== undefined) return role ?? kind ?? null;
  if (operation === null && (reader.has('gen_ai.tool.name') || reader.has('gen_ai.tool.call.id'))) return 'tool';
  if (operation === null && reader.text('mcp.method.name') === 'tools/call') return 'tool';
  if (operation === null && reader.has('gen_ai.evaluation.name')) return 'evaluator';
  return null;
}

/** A list; LangSmith writes a text with commas between them. */
function readFinishReasons(reader: AttributeReader): (string | null)[] {
  const given = reader.json('gen_ai.response.finish_reasons');
  return typeof given === 'string'
    ? given.split(',').map((reason) => textOf(reason.trim()))
    : listOf(given).map((reason) => textOf(reason));
}

/** `gen_ai.request.*` and what is like it, under the names of chat completions. */
function readParameters(reader: AttributeReader): JsonObject | null {
  const entries: [string, JsonValue][] = [];
  for (const [name, value] of reader.entriesBelow('gen_ai.request.')) {
    if (NO_PARAMETERS.has(name) || value === null) continue;
    // Lists come as JSON text, too.
    const told = typeof value === 'string' ? reader.parse(value) : value;
    entries.push([PARAMETER_NAMES.get(name) ?? name, NUMBERS.has(name) ? (toNumber(value) ?? value) : told]);
  }
  const tier = reader.text('openai.request.service_tier', 'gen_ai.openai.request.service_tier');
  if (tier !== null) entries.push(['service_tier', tier]);
  const type = reader.text('gen_ai.output.type', 'gen_ai.openai.request.response_format');
  if (type !== null) entries.push(['output_type', type]);
  const dimensions = reader.number('gen_ai.embeddings.dimension.count');
  if (dimensions !== null) entries.push(['dimensions', dimensions]);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** OpenLLMetry and OpenLIT have names of their own. */
function readStream(reader: AttributeReader): boolean | null {
  const told = ['gen_ai.request.stream', 'gen_ai.is_streaming', 'gen_ai.request.is_stream'];
  return told.map((name) => reader.boolean(name)).find((isStream) => isStream !== null) ?? null;
}

/** Names below `gen_ai.usage.`: those of the conventions, then what libraries and gateways call them. */
const CACHE_READS = [
  'cache_read.input_tokens',
  'input_tokens.cached',
  'cached_input_tokens',
  'cached_tokens',
  'cache_read_tokens',
  'input_tokens_details.cached_tokens',
  'prompt_tokens_details.cached_tokens',
  // Pydantic AI, whose details are in the provider's words.
  'details.cache_read_tokens',
  'details.cache_read_input_tokens',
  'details.cached_tokens',
];
const CACHE_WRITES = [
  'cache_creation.input_tokens',
  'cache_write.input_tokens',
  'cache_creation_tokens',
  'cache_write_tokens',
  'details.cache_write_tokens',
  'details.cache_creation_input_tokens',
];
const REASONING = [
  'reasoning.output_tokens',
  'output_tokens.reasoning',
  'output_tokens_details.reasoning_tokens',
  'completion_tokens_details.reasoning_tokens',
  // Google's Agent Development Kit.
  'experimental.reasoning_tokens',
];

function countOf(reader: AttributeReader, names: readonly string[]): number | null {
  return reader.count(...names.map((name) => `gen_ai.usage.${name}`));
}

/** Totals and their parts; the names of kinds of tokens are those of the conventions' own repository. */
function readUsage(reader: AttributeReader): ReportedUsage {
  return {
    // Microsoft's library for .NET once had them as parts of the response.
    input_tokens: reader.count('gen_ai.usage.input_tokens', 'gen_ai.response.input_tokens'),
    output_tokens: reader.count('gen_ai.usage.output_tokens', 'gen_ai.response.output_tokens'),
    total_tokens: reader.count('gen_ai.usage.total_tokens'),
    cached_input_tokens: countOf(reader, CACHE_READS),
    cache_write_tokens: countOf(reader, CACHE_WRITES),
    reasoning_tokens: countOf(reader, REASONING),
    // Mastra has the other names.
    audio_input_tokens: reader.count('gen_ai.usage.audio.input_tokens', 'gen_ai.usage.audio_input_tokens'),
    audio_output_tokens: reader.count('gen_ai.usage.audio.output_tokens', 'gen_ai.usage.audio_output_tokens'),
  };
}

/** Milliseconds; null for what is before the start. */
export function secondsToMs(seconds: number | null): number | null {
  return seconds === null || seconds < 0 ? null : seconds * 1_000;
}

/** Milliseconds from the start to a point in time, as ISO writes it; null where it is none, or before the start. */
export function msFromStart(time: string | null, startMs: number): number | null {
  const ms = time === null ? Number.NaN : Date.parse(time) - startMs;
  // The start is told in nanoseconds, which a number cannot hold.
  return Number.isFinite(ms) && ms >= 0 ? Math.round(ms * 1_000) / 1_000 : null;
}
