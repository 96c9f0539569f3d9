/** Counts of tokens in our normal form: totals, with parts that are in them. Null is not reported, and never 0. */
import type { TokenUsage } from '#shared/conversation/usage';
import type { MappingNote } from '../mapping.ts';
import type { ReportedUsage } from './facts.ts';

/** What is known of counts by who reported them. */
export interface UsageSource {
  /** Input leaves out what came from a cache or went into one. */
  readonly isWithoutCache?: boolean;
  /** Output leaves out thoughts, which are in the sum of all alone. */
  readonly isWithoutThoughts?: boolean;
}

/** Instrumentations that give Bedrock's own counts, as they did when tests/emitters recorded them. */
const WITHOUT_CACHE = new Set([
  'opentelemetry.instrumentation.bedrock',
  'opentelemetry.instrumentation.botocore.bedrock-runtime',
]);

/** By the name of the library that made the span. */
export function usageSourceOf(scope: string): UsageSource {
  return {
    isWithoutCache: WITHOUT_CACHE.has(scope),
    isWithoutThoughts: scope === 'opentelemetry.instrumentation.google_generativeai',
  };
}

/**
 * Puts parts that lie beside a total into it, which is noted as `exclusive_usage`: where the parts are more than the total
 * (Anthropic's raw counts), where the sum of all says that they are beside it, or where the source is known for it.
 */
export function settleUsage(reported: ReportedUsage, notes: Set<MappingNote>, source: UsageSource = {}): TokenUsage {
  const cached = reported.cached_input_tokens ?? null;
  const written = reported.cache_write_tokens ?? null;
  const reasoning = reported.reasoning_tokens ?? null;
  const total = reported.total_tokens ?? null;
  let input = reported.input_tokens ?? null;
  let output = reported.output_tokens ?? null;
  // No call has neither: some libraries write zeros where a stream told nothing, or where the call failed.
  if ((input ?? 0) === 0 && (output ?? 0) === 0) {
    if (total === null || total === 0) return NOT_REPORTED;
    // An embedding, of which some tell the total alone.
    if (input === null && output === null) return { ...NOT_REPORTED, input_tokens: total };
  }
  const beside = (cached ?? 0) + (written ?? 0);
  const thoughts = reasoning ?? 0;
  const sum = (input ?? 0) + (output ?? 0);
  const isBeside =
    source.isWithoutCache === true || beside > (input ?? 0) || (total !== null && isSum(total, sum + beside, thoughts));
  if (input !== null && beside > 0 && isBeside) {
    input += beside;
    notes.add('exclusive_usage');
  }
  if (output !== null && thoughts > 0) {
    const restOfTotal = total === null || input === null ? null : total - input - output;
    if (thoughts > output || restOfTotal === thoughts) {
      output += thoughts;
      notes.add('exclusive_usage');
    }
  }
  if (source.isWithoutThoughts && reasoning === null && total !== null && input !== null && output !== null) {
    if (total > input + output) {
      output = total - input;
      notes.add('exclusive_usage');
    }
  }
  return {
    input_tokens: input,
    output_tokens: output,
    cached_input_tokens: cached,
    cache_write_tokens: written,
    reasoning_tokens: reasoning,
    audio_input_tokens: reported.audio_input_tokens ?? null,
    audio_output_tokens: reported.audio_output_tokens ?? null,
  };
}

/** A sum may also have thoughts beside it. */
function isSum(total: number, sum: number, thoughts: number): boolean {
  return total === sum || (thoughts > 0 && total === sum + thoughts);
}

const NOT_REPORTED: TokenUsage = {
  input_tokens: null,
  output_tokens: null,
  cached_input_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
  audio_input_tokens: null,
  audio_output_tokens: null,
};
