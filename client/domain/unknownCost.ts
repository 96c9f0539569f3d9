import type { RequestSummary } from '#shared/request';

/** What tells why a request has no cost. */
export type UnknownCost = Pick<
  RequestSummary,
  'cost_status' | 'endpoint' | 'input_tokens' | 'output_tokens' | 'service_tier'
>;

/** Tiers whose price is that of the list. */
const USUAL_TIERS = new Set(['auto', 'default', 'standard', 'on_demand']);

/** In a cell: what is missing. */
export function sayUnknownCost({ cost_status }: Pick<UnknownCost, 'cost_status'>): string {
  return cost_status === 'no_usage' ? 'no usage' : 'no price';
}

/** Why a request has no cost: the usage was not reported, or there is no price for it. */
export function explainUnknownCost(request: UnknownCost): string {
  return request.cost_status === 'no_usage' ? explainUsage(request) : explainPrice(request);
}

function explainUsage({ endpoint, input_tokens, output_tokens }: UnknownCost): string {
  if (input_tokens === null && output_tokens === null) {
    return isOfMedia(endpoint) ? 'no tokens, images or seconds reported' : 'no tokens reported';
  }
  if (input_tokens === null) return 'no input tokens reported';
  // An embedding has no output that could be counted.
  if (output_tokens === null && endpoint !== 'embeddings') return 'no output tokens reported';
  return 'the counts of tokens, images or seconds are incomplete or contradict each other';
}

/** Images, sounds and videos may be billed by the piece or by time. */
function isOfMedia(endpoint: string | null): boolean {
  return endpoint !== null && /^(?:images|audio|videos)\./.test(endpoint);
}

function explainPrice({ service_tier }: UnknownCost): string {
  return service_tier !== null && !USUAL_TIERS.has(service_tier)
    ? `no price for this model by the service tier ${service_tier}`
    : 'no price for this model, or for a fee of this call';
}
