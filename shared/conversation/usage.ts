/**
 * The token counts of a response, as its provider reports them, in one vocabulary: `input_tokens` and `output_tokens`
 * are totals, the others are parts of them. Missing stays null.
 */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { bodyOf } from './answerBody.ts';
import { type CacheCounts, includeCache, mayBeBesideCache, readCache } from './cacheUsage.ts';
import { flattenUsage, listOwnUsages, withCacheBeside } from './ownUsage.ts';
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
  return fields === null ? null : readAnswerUsage(fields);
}

function readAnswerUsage(fields: JsonObject): TokenUsage | null {
  const usage = findAnswerUsage(fields);
  const read = usage === null ? readBare(fields) : readObject(usage, Array.isArray(fields.choices));
  if (read.input_tokens !== null || read.output_tokens !== null) return read;
  // Voyage and Jina tell of vectors and ranks the total alone, as the AI SDK does, which is what was sent.
  const isMade = [fields.data, fields.results, fields.embedding, fields.embeddings].some(Array.isArray);
  const total = isMade ? firstCount(usage?.total_tokens, usage?.tokens) : null;
  return total === null ? null : { ...read, input_tokens: total };
}

/**
 * What of a response has the counts: the answer, or the last of a list of other things that has any. Several calls that a
 * library made for one answer count together.
 */
export function findCountedAnswer(response: JsonValue | null): JsonObject | null {
  const whole = bodyOf(response);
  const calls = listCalls(response);
  if (calls.length > 0) {
    const counts = () => ({ ...calls.at(-1), ...whole, usage_metadata: addUp(calls) });
    return remember(countedAnswers, whole ?? (response as object), counts); // A list or an object: it has calls.
  }
  return whole ?? listCounted(response).at(-1) ?? null;
}

/** Far more calls than any agent makes for an answer, and few enough to be counted and priced one by one. */
const MOST_CALLS = 1_000;
const NO_CALLS: readonly JsonObject[] = [];

/**
 * The calls that a library made for one answer, where they were several: steps of the AI SDK, which beside them tells what
 * the last one used, or its cache; messages of LangChain, or pieces of one.
 */
export function listCalls(response: JsonValue | null): readonly JsonObject[] {
  const whole = bodyOf(response);
  if (whole !== null && !Array.isArray(whole.steps)) return NO_CALLS;
  const calls = whole === null ? listCounted(response) : listOf(whole.steps).map(objectOf);
  const name = whole === null ? 'usage_metadata' : 'usage';
  const told = calls.filter((call) => call !== null && objectOf(call[name]) !== null) as JsonObject[]; // None is null.
  return calls.length > 1 && calls.length <= MOST_CALLS && told.length === calls.length ? told : [];
}

/** Of a list of other things than pieces of an answer, those that have counts. */
function listCounted(response: JsonValue | null): readonly JsonObject[] {
  if (!Array.isArray(response)) return [];
  let counted = countedLists.get(response);
  if (counted === undefined) {
    const answerOf = (one: JsonValue) => {
      const answer = bodyOf(one);
      return answer !== null && findAnswerUsage(answer) !== null ? answer : null;
    };
    const last = () => response.findLast((one) => answerOf(one) !== null) ?? null;
    const asked = response.length > MOST_CALLS ? [last()] : response;
    counted = asked.map(answerOf).filter((answer) => answer !== null);
    countedLists.set(response, counted);
  }
  return counted;
}

/** The counts of several calls, as LangChain writes them. A side that one of them does not tell is not known. */
function addUp(answers: readonly JsonObject[]): JsonObject {
  const all = answers.map(readAnswerUsage);
  const listOfAll = (name: keyof TokenUsage) => all.map((usage) => usage?.[name] ?? null);
  const whole = (name: keyof TokenUsage) => (listOfAll(name).includes(null) ? null : part(name));
  const part = (name: keyof TokenUsage) => sum(listOfAll(name));
  return {
    input_tokens: whole('input_tokens'),
    output_tokens: whole('output_tokens'),
    input_token_details: {
      cache_read: part('cached_input_tokens'),
      cache_creation: part('cache_write_tokens'),
      ephemeral_1h_input_tokens: sum(
        answers.map((answer) => readCache(findAnswerUsage(answer) ?? {}).writtenForAnHour),
      ),
      audio: part('audio_input_tokens'),
    },
    output_token_details: { reasoning: part('reasoning_tokens'), audio: part('audio_output_tokens') },
  };
}

/** The object of an answer that holds its counts: the provider's own, where a library has it beside what it tells. */
export function findAnswerUsage(answer: JsonObject): JsonObject | null {
  return remember(answerUsages, answer, () => {
    const told = findToldUsage(answer);
    const own = listOwnUsages(answer, told).find((usage) => isNoLess(usage, told));
    return own ?? (told && withCacheBeside(told, answer));
  });
}

/** Of one log both are asked for by several readers. */
const countedAnswers = new WeakMap<object, JsonObject | null>();
const countedLists = new WeakMap<readonly JsonValue[], readonly JsonObject[]>();
const answerUsages = new WeakMap<object, JsonObject | null>();

function remember(
  known: WeakMap<object, JsonObject | null>,
  of: object,
  find: () => JsonObject | null,
): JsonObject | null {
  let found = known.get(of);
  if (found === undefined) {
    found = find();
    known.set(of, found);
  }
  return found;
}

/** A library tells no more than its provider; of a stream it may have kept an early count. */
function isNoLess(own: JsonObject, told: JsonObject | null): boolean {
  const whole = readObject(own, false);
  if (whole.input_tokens === null) return false;
  const part = told && readObject(told, false);
  return whole.input_tokens >= (part?.input_tokens ?? 0) && (whole.output_tokens ?? 0) >= (part?.output_tokens ?? 0);
}

/** Of a stream that was put together, each piece has its own. */
function lastOfChoices({ choices }: JsonObject): JsonObject | null {
  const last = listOf(choices).findLast((choice) => objectOf(objectOf(choice)?.usage) !== null);
  return objectOf(objectOf(last)?.usage);
}

function findToldUsage(answer: JsonObject): JsonObject | null {
  const meta = objectOf(answer.meta);
  const metadata = objectOf(answer.metadata);
  return (
    objectOf(answer.usageMetadata ?? answer.usage_metadata) ??
    // Of the AI SDK since version 5, whose `usage` is that of the last of several calls.
    flattenUsage(objectOf(answer.totalUsage)) ??
    flattenUsage(objectOf(answer.usage)) ??
    // Groq streams it apart, Moonshot in the choice, Cohere's first version beside its billing.
    objectOf(objectOf(answer.x_groq)?.usage) ??
    lastOfChoices(answer) ??
    objectOf(meta?.tokens) ??
    objectOf(meta?.billed_units) ??
    // LangChain for JavaScript and Java, Spring AI.
    objectOf(objectOf(answer.response_metadata)?.tokenUsage) ??
    objectOf(metadata?.tokenUsage) ??
    objectOf(metadata?.usage)
  );
}

function readObject(usage: JsonObject, hasOutput: boolean): TokenUsage {
  // First: .NET calls its total as Gemini does.
  const isCamel = CAMEL_COUNTS.some((name) => Object.hasOwn(usage, name));
  if (isCamel) return readCamel(usage);
  const isOfGemini = GEMINI_COUNTS.some((name) => Object.hasOwn(usage, name));
  if (isOfGemini) return readGemini(usage);
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
    outputDetails.flex_reasoning,
    outputDetails.priority_reasoning,
    objectOf(usage.details)?.reasoning_tokens,
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
    // Pydantic AI has zero where nobody told it.
    audio_input_tokens: firstCount(inputDetails.audio_tokens, inputDetails.audio, usage.input_audio_tokens || null),
    audio_output_tokens: firstCount(outputDetails.audio_tokens, outputDetails.audio, usage.output_audio_tokens || null),
  };
}

const CAMEL_COUNTS = ['inputTokens', 'outputTokens', 'promptTokens', 'inputTokenCount', 'outputTokenCount'];

/**
 * Bedrock, whose input leaves out what the cache has to do with, and those whose input includes it: the AI SDK, .NET, and
 * the clients of Mistral and OpenRouter for JavaScript.
 */
function readCamel(usage: JsonObject): TokenUsage {
  const cache = readCache(usage);
  const inputDetails = detailsIn(usage, INPUT_DETAILS);
  const outputDetails = detailsIn(usage, OUTPUT_DETAILS);
  const output = firstCount(usage.outputTokens, usage.completionTokens, usage.outputTokenCount);
  const input = firstCount(usage.inputTokens, usage.promptTokens, usage.inputTokenCount);
  const reasoning = firstCount(
    usage.reasoningTokens,
    outputDetails.reasoningTokens,
    outputDetails.reasoningTokenCount,
    usage.reasoningTokenCount,
    // Genkit
    usage.thoughtsTokens,
  );
  // The AI SDK 5 and Genkit leave out of the output what Gemini and xAI do; a rest that is another one is of a cache.
  const total = firstCount(usage.totalTokens, usage.totalTokenCount);
  const isBeside = total === (input ?? 0) + (output ?? 0) + (reasoning ?? 0);
  return {
    input_tokens: withCache(input, cache, { usage, output }),
    output_tokens: withThoughts({ output, reasoning, input, total: isBeside ? total : null }),
    cached_input_tokens: cache.read,
    cache_write_tokens: cache.written,
    reasoning_tokens: reasoning,
    audio_input_tokens: firstCount(inputDetails.audioTokens, inputDetails.audioTokenCount),
    audio_output_tokens: firstCount(outputDetails.audioTokens, outputDetails.audioTokenCount),
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
    audio_output_tokens: audioIn(
      usage.candidatesTokensDetails ??
        usage.candidates_tokens_details ??
        usage.responseTokensDetails ??
        usage.response_tokens_details,
    ),
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
