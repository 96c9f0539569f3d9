/**
 * The token counts of a response, as its provider reports them, in one vocabulary: `input_tokens` and `output_tokens`
 * are totals, the others are parts of them. Missing stays null.
 */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { bodyOf } from './answerBody.ts';
import { countOf, listOf, objectOf } from './part.ts';

export interface TokenUsage {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cached_input_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly audio_input_tokens: number | null;
  readonly audio_output_tokens: number | null;
}

/** Far above any call; what is larger is no count. */
const MOST_TOKENS = 1e9;

/** Chat completions, Responses, embeddings, Anthropic, Gemini, Bedrock, Cohere, Ollama, the AI SDK. Null where there is none. */
export function readUsage(response: JsonValue | null): TokenUsage | null {
  const fields = bodyOf(response);
  if (fields === null) return null;
  const metadata = objectOf(fields.usageMetadata ?? fields.usage_metadata);
  // LangChain's has the names of others.
  const isNamed = metadata !== null && 'input_tokens' in metadata;
  const gemini = isNamed ? null : metadata;
  // Groq streams it apart, Moonshot in the choice, Cohere's first version beside its billing.
  const usage =
    objectOf(fields.usage) ??
    (isNamed ? metadata : null) ??
    objectOf(objectOf(fields.x_groq)?.usage) ??
    objectOf(objectOf(listOf(fields.choices)[0])?.usage) ??
    objectOf(objectOf(fields.meta)?.tokens) ??
    objectOf(objectOf(fields.meta)?.billed_units);
  const read = gemini ? readGemini(gemini) : usage ? readNamed(usage, Array.isArray(fields.choices)) : readBare(fields);
  return read.input_tokens === null && read.output_tokens === null ? null : read;
}

/**
 * Of OpenAI and those who write as it does, Anthropic, Bedrock, the AI SDK. `hasOutput`: there are output tokens, also
 * where only the total tells of them.
 */
function readNamed(usage: JsonObject, hasOutput: boolean): TokenUsage {
  if ('inputTokens' in usage || 'outputTokens' in usage || 'promptTokens' in usage) return readCamel(usage);
  const cohere = objectOf(usage.tokens);
  if (cohere !== null && count(usage.input_tokens) === null) return readNamed(cohere, hasOutput);
  const inputDetails = detailsIn(usage, ['prompt_tokens_details', 'input_tokens_details', 'input_token_details']);
  const outputDetails = detailsIn(usage, [
    'completion_tokens_details',
    'output_tokens_details',
    'output_token_details',
  ]);
  const total = count(usage.total_tokens);
  const read = count(usage.cache_read_input_tokens);
  const written = count(usage.cache_creation_input_tokens);
  const reasoning = count(outputDetails.reasoning_tokens) ?? count(usage.reasoning_tokens);
  const told = count(usage.completion_tokens) ?? count(usage.output_tokens);
  const output = told ?? (hasOutput && total !== null ? 0 : null);
  const input = count(usage.prompt_tokens) ?? withCache(count(usage.input_tokens), [read, written], output, total);
  return {
    input_tokens: input,
    output_tokens: withThoughts({ output, reasoning, input, total }) || told,
    cached_input_tokens:
      count(inputDetails.cached_tokens) ??
      count(usage.prompt_cache_hit_tokens) ??
      read ??
      // Moonshot
      count(usage.cached_tokens),
    cache_write_tokens: count(inputDetails.cache_write_tokens) ?? written,
    reasoning_tokens: reasoning,
    audio_input_tokens: count(inputDetails.audio_tokens),
    audio_output_tokens: count(outputDetails.audio_tokens),
  };
}

/** Bedrock, whose input leaves out what the cache has to do with, and the AI SDK, whose input includes it. */
function readCamel(usage: JsonObject): TokenUsage {
  const read = count(usage.cacheReadInputTokens) ?? count(usage.cacheReadInputTokenCount);
  const written = count(usage.cacheWriteInputTokens) ?? count(usage.cacheWriteInputTokenCount);
  const total = count(usage.totalTokens);
  const output = count(usage.outputTokens) ?? count(usage.completionTokens);
  const given = count(usage.inputTokens) ?? count(usage.promptTokens);
  return {
    input_tokens: withCache(given, [read, written], output, total),
    output_tokens: output,
    cached_input_tokens: read ?? count(usage.cachedInputTokens),
    cache_write_tokens: written,
    reasoning_tokens: count(usage.reasoningTokens),
    audio_input_tokens: null,
    audio_output_tokens: null,
  };
}

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
    cached_input_tokens: of('cachedContentTokenCount', 'cached_content_token_count'),
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
    input_tokens: firstCount(input),
    output_tokens: firstCount(output),
    cached_input_tokens: null,
    cache_write_tokens: null,
    reasoning_tokens: null,
    audio_input_tokens: null,
    audio_output_tokens: null,
  };
}

function firstCount(values: readonly (JsonValue | undefined)[]): number | null {
  return values.map(count).find((told) => told !== null) ?? null;
}

/** Anthropic and Bedrock leave cached tokens out of the input; a total that has no place for them says they are in it. */
function withCache(
  input: number | null,
  cache: readonly (number | null)[],
  output: number | null,
  total: number | null,
): number | null {
  if (input === null || (total !== null && total === input + (output ?? 0))) return input;
  return sum([input, ...cache]);
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

const NOTHING: JsonObject = {};

function detailsIn(usage: JsonObject, names: readonly string[]): JsonObject {
  return names.map((name) => objectOf(usage[name])).find((details) => details !== null) ?? NOTHING;
}

/** Null where none of them is known. */
function sum(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((one) => one !== null);
  return known.length === 0 ? null : known.reduce((total, one) => total + one, 0);
}

function count(value: JsonValue | undefined): number | null {
  const told = countOf(value);
  return told !== null && told <= MOST_TOKENS ? told : null;
}
