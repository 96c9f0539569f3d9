/** What of a request its price depends on. */
import type { ParsedLog } from '#shared/request';

/** Totals with their parts; null or missing: not reported, which is not zero. */
type Usage = Pick<
  ParsedLog,
  | 'input_tokens'
  | 'output_tokens'
  | 'cached_input_tokens'
  | 'cache_write_tokens'
  | 'reasoning_tokens'
  | 'audio_input_tokens'
  | 'audio_output_tokens'
  | 'output_images'
  | 'media_seconds'
>;

export interface PricedCall
  extends
    Usage,
    Pick<ParsedLog, 'provider' | 'model' | 'response_model' | 'endpoint' | 'service_tier' | 'cost_usd'>,
    Pick<ParsedLog, 'messages' | 'response' | 'tools' | 'parameters' | 'metadata'> {}
