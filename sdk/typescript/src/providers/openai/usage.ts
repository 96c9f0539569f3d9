/** Token counts of every endpoint in one vocabulary. Totals as given, parts beside them; missing stays missing. */
import { normalizeCount } from '../../record/normalize.js';
import type { TokenCounts } from '../../record/modelCall.js';
import { isObject } from '../../runtime/values.js';

/** Reads `usage` of chat, legacy completions, responses, embeddings, images and transcriptions. */
export function readUsage(usage: unknown): TokenCounts {
  if (!isObject(usage)) return {};
  const input = asObject(usage.prompt_tokens_details ?? usage.input_tokens_details ?? usage.input_token_details);
  const output = asObject(usage.completion_tokens_details ?? usage.output_tokens_details ?? usage.output_token_details);
  const counts: TokenCounts = {};
  set(counts, 'input_tokens', usage.prompt_tokens ?? usage.input_tokens);
  set(counts, 'output_tokens', usage.completion_tokens ?? usage.output_tokens);
  const cached = input.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cache_read_input_tokens;
  set(counts, 'cached_input_tokens', cached);
  set(counts, 'cache_write_tokens', input.cache_write_tokens ?? usage.cache_creation_input_tokens);
  set(counts, 'reasoning_tokens', output.reasoning_tokens);
  set(counts, 'audio_input_tokens', input.audio_tokens);
  set(counts, 'audio_output_tokens', output.audio_tokens);
  return counts;
}

function set(counts: TokenCounts, name: keyof TokenCounts, value: unknown): void {
  const count = normalizeCount(value);
  if (count !== undefined) counts[name] = count;
}

const NOTHING: Record<string, unknown> = {};

function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : NOTHING;
}
