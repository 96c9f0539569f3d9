import type { RequestSummary } from '#shared/request';

type Usage = Pick<RequestSummary, 'endpoint' | 'input_tokens' | 'output_tokens'>;

/** Why a request has no cost: the usage was not reported, or there is no price for it. */
export function explainUnknownCost({ endpoint, input_tokens, output_tokens }: Usage): string {
  // An embedding has no output that could be counted.
  const needsOutput = endpoint !== 'embeddings';
  if (input_tokens === null && output_tokens === null) return 'no tokens reported';
  if (input_tokens === null) return 'no input tokens reported';
  return output_tokens === null && needsOutput ? 'no output tokens reported' : 'no price for this model';
}
