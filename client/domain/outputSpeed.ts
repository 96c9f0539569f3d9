import type { RequestSummary } from '#shared/request';

type Timed = Pick<RequestSummary, 'latency_ms' | 'ttft_ms' | 'output_tokens' | 'reasoning_tokens'>;

/**
 * Output tokens a second of a stream, from its first token on. Null where it cannot be told. Where the model reasoned it
 * is over the whole call: most of those tokens were made before the first one came, and nobody says how many.
 */
export function outputSpeed({ latency_ms, ttft_ms, output_tokens, reasoning_tokens }: Timed): number | null {
  if (latency_ms === null || ttft_ms === null || output_tokens === null) return null;
  const ms = reasoning_tokens !== null && reasoning_tokens > 0 ? latency_ms : latency_ms - ttft_ms;
  const speed = ms > 0 ? Math.round(output_tokens / (ms / 1000)) : 0;
  return speed > 0 && speed <= MOST ? speed : null;
}

/** No model is as fast: the answer came in one piece, or its reasoning was not reported. */
const MOST = 5_000;
