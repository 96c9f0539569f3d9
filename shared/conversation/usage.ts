/**
 * The token counts of a response, as its provider reports them, in one vocabulary: `input_tokens` and `output_tokens`
 * are totals, the others are parts of them. Missing stays null.
 */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { bodyOf } from './answerBody.ts';
import { type CacheCounts, includeCache, mayBeBesideCache, readCache } from './cacheUsage.ts';
import { listOf, objectOf } from './part.ts';
import { count, detailsIn, firstCount, INPUT_DETAILS, OUTPUT_DETAILS, sum } from './usageCounts.ts';

export interface TokenUsage {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cached_input_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly audio_input_tokens: number | null;
  readonly audio_output_tokens: number | null;
}

/** Chat completions, Responses, embeddings, Anthropic, Gemini, Bedrock, Cohere, Ollama, the AI SDK. Null where there is none. */
export function readUsage(response: JsonValue | null): TokenUsage | null {
  const fields = findCountedAnswer(response);
  if (fields === null) return null;
  const usage = findAnswerUsage(fields);
  const read = usage === null ? readBare(fields) : readObject(usage, Array.isArray(fields.choices));
  return read.input_tokens === null && read.output_tokens === null ? null : read;
}

/** What of a response has the counts: the answer, or the last of a list of other things that has any. */
export function findCountedAnswer(response: JsonValue | null): JsonObject | null {
  const whole = bodyOf(response);
  if (whole !== null || !Array.isArray(response)) return whole;
  return response.map(bodyOf).findLast((answer) => answer !== null && findAnswerUsage(answer) !== null) ?? null;
}

/** The object of an answer that holds its counts. */
export function findAnswerUsage(answer: JsonObject): JsonObject | null {
  const meta = objectOf(answer.meta);
  // Of a stream that was put together, each piece has its own.
  const choiceUsages = listOf(answer.choices).map((choice) => objectOf(objectOf(choice)?.usage));
  return (
    objectOf(answer.usageMetadata ?? answer.usage_metadata) ??
    objectOf(answer.usage) ??
    // Groq streams it apart, Moonshot in the choice, Cohere's first version beside its billing.
    objectOf(objectOf(answer.x_groq)?.usage) ??
    choiceUsages.findLast((usage) => usage !== null) ??
    objectOf(meta?.tokens) ??
    objectOf(meta?.billed_units)
  );
}

function readObject(usage: JsonObject, hasOutput: boolean): TokenUsage {
  const isOfGemini = GEMINI_COUNTS.some((name) => Object.hasOwn(usage, name));
  if (isOfGemini) return readGemini(usage);
  const isCamel = 'inputTokens' in usage || 'outputTokens' in usage || 'promptTokens' in usage;
  if (isCamel) return readCamel(usage);
  const cohere = objectOf(usage.tokens);
  return readNamed(cohere !== null && count(usage.input_tokens) === null ? cohere : usage, hasOutput);
}

/**
 * Of OpenAI and those who write as it does, Anthropic, LangChain. `hasOutput`: there are output tokens, also where only
 * the total tells of them.
 */
function readNamed(usage: JsonObject, hasOutput: boolean): TokenUsage {
  const inputDetails = detailsIn(usage, INPUT_DETAILS);
  const outputDetails = detailsIn(usage, OUTPUT_DETAILS);
  const total = count(usage.total_tokens);
  const cache = readCache(usage);
  const reasoning = firstCount(
    outputDetails.reasoning_tokens,
    usage.reasoning_tokens,
    outputDetails.reasoning,
    usage.total_thought_tokens,
  );
  const told = firstCount(usage.completion_tokens, usage.output_tokens, usage.total_output_tokens);
  const output = told ?? (hasOutput && total !== null ? 0 : null);
  // Gemini's interactions have what tools put in beside the prompt, and thoughts beside the answer.
  const interaction = sum([count(usage.total_input_tokens), count(usage.total_tool_use_tokens)]);
  const input = withCache(firstCount(usage.prompt_tokens, usage.input_tokens) ?? interaction, cache, { usage, output });
  return {
    input_tokens: input,
    output_tokens: withThoughts({ output, reasoning, input, total }) || told,
    cached_input_tokens: cache.read,
    cache_write_tokens: cache.written,
    reasoning_tokens: reasoning,
    audio_input_tokens: firstCount(inputDetails.audio_tokens, inputDetails.audio),
    audio_output_tokens: firstCount(outputDetails.audio_tokens, outputDetails.audio),
  };
}

/** Bedrock, whose input leaves out what the cache has to do with, and the AI SDK, whose input includes it. */
function readCamel(usage: JsonObject): TokenUsage {
  const cache = readCache(usage);
  const output = firstCount(usage.outputTokens, usage.completionTokens);
  return {
    input_tokens: withCache(firstCount(usage.inputTokens, usage.promptTokens), cache, { usage, output }),
    output_tokens: output,
    cached_input_tokens: cache.read,
    cache_write_tokens: cache.written,
    reasoning_tokens: firstCount(usage.reasoningTokens, objectOf(usage.outputTokenDetails)?.reasoningTokens),
    audio_input_tokens: null,
    audio_output_tokens: null,
  };
}

function withCache(
  input: number | null,
  cache: CacheCounts,
  of: { usage: JsonObject; output: number | null },
): number | null {
  if (input === null || !mayBeBesideCache(of.usage)) return input;
  return includeCache(input, cache, { usage: of.usage, output: of.output ?? 0 });
}

const GEMINI_COUNTS = [
  'promptTokenCount',
  'prompt_token_count',
  'candidatesTokenCount',
  'candidates_token_count',
  'responseTokenCount',
  'response_token_count',
  'totalTokenCount',
  'total_token_count',
];

/** Gemini counts thoughts beside the answer, and what tools put in beside the prompt; the cached part is in the prompt. */
function readGemini(usage: JsonObject): TokenUsage {
  const of = (camel: string, snake: string) => count(usage[camel]) ?? count(usage[snake]);
  const thoughts = of('thoughtsTokenCount', 'thoughts_token_count');
  const candidates =
    of('candidatesTokenCount', 'candidates_token_count') ?? of('responseTokenCount', 'response_token_count');
  return {
    input_tokens: sum([
      of('promptTokenCount', 'prompt_token_count'),
      of('toolUsePromptTokenCount', 'tool_use_prompt_token_count'),
    ]),
    output_tokens: sum([candidates, thoughts]),
    cached_input_tokens: readCache(usage).read,
    cache_write_tokens: null,
    reasoning_tokens: thoughts,
    audio_input_tokens: audioIn(usage.promptTokensDetails ?? usage.prompt_tokens_details),
    audio_output_tokens: audioIn(usage.candidatesTokensDetails ?? usage.candidates_tokens_details),
  };
}

/** Servers that have no object around their counts: Ollama, llama.cpp, Llama and Titan on Bedrock, watsonx. */
function readBare(fields: JsonObject): TokenUsage {
  const result = objectOf(listOf(fields.results)[0]);
  const input = [
    fields.prompt_eval_count,
    fields.tokens_evaluated,
    fields.prompt_token_count,
    fields.inputTextTokenCount,
    result?.input_token_count,
  ];
  const output = [
    fields.eval_count,
    fields.tokens_predicted,
    fields.generation_token_count,
    result?.tokenCount,
    result?.generated_token_count,
  ];
  return {
    input_tokens: firstCount(...input),
    output_tokens: firstCount(...output),
    cached_input_tokens: null,
    cache_write_tokens: null,
    reasoning_tokens: null,
    audio_input_tokens: null,
    audio_output_tokens: null,
  };
}

/**
 * xAI, Gemini's compatible endpoint and some gateways count thoughts in the total alone; OpenAI's total has no rest.
 * Perplexity counts them nowhere: thoughts are never more than the output that they are a part of.
 */
function withThoughts(counts: { readonly [name in 'output' | 'reasoning' | 'input' | 'total']: number | null }):
  | number
  | null {
  const { output, input, total } = counts;
  const reasoning = counts.reasoning ?? 0;
  if (output !== null && input !== null && total !== null && total > input + output) return total - input;
  return output !== null && reasoning > output ? output + reasoning : output;
}

function audioIn(details: JsonValue | undefined): number | null {
  const entries = listOf(details).map(objectOf);
  const audio = entries.filter((entry) => entry?.modality === 'AUDIO');
  return sum(audio.map((entry) => count(entry?.tokenCount ?? entry?.token_count)));
}
