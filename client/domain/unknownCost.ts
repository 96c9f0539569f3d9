import type { RequestSummary } from '#shared/request';

/** What of a request its cost depends on. */
export type CostFacts = Pick<
  RequestSummary,
  | 'endpoint'
  | 'input_tokens'
  | 'output_tokens'
  | 'cached_input_tokens'
  | 'cache_write_tokens'
  | 'audio_input_tokens'
  | 'audio_output_tokens'
>;

/** Why a request has no cost: the usage was not reported or contradicts itself, or there is no price for it. */
export function explainUnknownCost(request: CostFacts): string {
  const { endpoint, input_tokens, output_tokens } = request;
  // An embedding has no output that could be counted.
  const needsOutput = endpoint !== 'embeddings';
  if (input_tokens === null && output_tokens === null) return 'no tokens reported';
  if (input_tokens === null) return 'no input tokens reported';
  if (output_tokens === null && needsOutput) return 'no output tokens reported';
  const inputParts = [request.cached_input_tokens, request.cache_write_tokens, request.audio_input_tokens];
  if (sum(inputParts) > input_tokens || (request.audio_output_tokens ?? 0) > (output_tokens ?? 0)) {
    return 'the reported tokens contradict each other';
  }
  return 'no price for this model';
}

function sum(counts: readonly (number | null)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}
