/** Token counts of every endpoint in one vocabulary: totals, and their parts beside them. Missing stays missing. */
import type { TokenCounts } from '../../record/modelCall.js';
import { normalizeCount } from '../../record/normalize.js';
import { asRecord, isObject } from '../../runtime/values.js';

/**
 * Reads `usage` of chat, legacy completions, responses, embeddings, images and transcriptions. `hasOutput`: calls of this kind have
 * output tokens, also where they are not reported.
 */
export function readUsage(usage: unknown, hasOutput = false): TokenCounts {
  if (!isObject(usage)) return {};
  const input = asRecord(usage.prompt_tokens_details ?? usage.input_tokens_details ?? usage.input_token_details);
  const output = asRecord(usage.completion_tokens_details ?? usage.output_tokens_details ?? usage.output_token_details);
  const counts: TokenCounts = {};
  set(counts, 'input_tokens', usage.prompt_tokens ?? usage.input_tokens);
  set(counts, 'output_tokens', usage.completion_tokens ?? usage.output_tokens);
  const cached =
    input.cached_tokens ??
    usage.prompt_cache_hit_tokens ??
    usage.cache_read_input_tokens ??
    usage.cached_tokens ??
    usage.num_cached_tokens;
  set(counts, 'cached_input_tokens', cached);
  set(counts, 'cache_write_tokens', input.cache_write_tokens ?? usage.cache_creation_input_tokens);
  set(counts, 'reasoning_tokens', output.reasoning_tokens ?? usage.reasoning_tokens);
  set(counts, 'audio_input_tokens', input.audio_tokens);
  set(counts, 'audio_output_tokens', output.audio_tokens);
  includeCache(counts, usage);
  includeReasoning(counts, normalizeCount(usage.total_tokens), hasOutput);
  return counts;
}

/**
 * OpenAI counts thinking as a part of the output. xAI counts it beside the output, and Gemini's compatible endpoint in the total
 * alone; what is neither input nor output of the total was thought.
 */
function includeReasoning(counts: TokenCounts, total: number | undefined, hasOutput: boolean): void {
  const { input_tokens: input, output_tokens: output = 0, reasoning_tokens: reasoning = 0 } = counts;
  const isOutput = hasOutput || counts.output_tokens !== undefined || reasoning > 0;
  if (isOutput && input !== undefined && total !== undefined && total > input + output) {
    counts.output_tokens = total - input;
  } else if (reasoning > output) {
    counts.output_tokens = output + reasoning;
  }
}

/** Anthropic's own names stand beside the input that was not cached; gateways that count as OpenAI does have it in the input. */
function includeCache(counts: TokenCounts, usage: Record<string, unknown>): void {
  const { input_tokens: input, output_tokens: output = 0 } = counts;
  if (input === undefined) return;
  const cached =
    (normalizeCount(usage.cache_read_input_tokens) ?? 0) + (normalizeCount(usage.cache_creation_input_tokens) ?? 0);
  const total = normalizeCount(usage.total_tokens);
  const isBeside = total === undefined ? cached > input : total === input + cached + output;
  if (cached > 0 && isBeside) counts.input_tokens = input + cached;
}

function set(counts: TokenCounts, name: keyof TokenCounts, value: unknown): void {
  const count = normalizeCount(value);
  if (count !== undefined) counts[name] = count;
}
