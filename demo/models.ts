/** The models that the demo company calls, with the speed and the habits of each. */

export interface DemoModel {
  readonly provider: 'openai' | 'anthropic' | 'google' | 'mistral' | 'ollama';
  /** What the provider says answered. */
  readonly response_model: string;
  /** Median milliseconds to the first token, for a short input. */
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
  /** Median tokens of thought before an answer; 0 for a model that does not think. */
  readonly reasoningTokens: number;
}

export const DEMO_MODELS = {
  'gpt-4o': model('openai', 'gpt-4o-2024-08-06', 420, 82),
  'gpt-4o-mini': model('openai', 'gpt-4o-mini-2024-07-18', 340, 105),
  'gpt-4.1': model('openai', 'gpt-4.1-2025-04-14', 480, 88),
  'gpt-4.1-mini': model('openai', 'gpt-4.1-mini-2025-04-14', 360, 112),
  'gpt-5-mini': model('openai', 'gpt-5-mini-2025-08-07', 520, 130, 190),
  o3: model('openai', 'o3-2025-04-16', 700, 95, 900),
  'text-embedding-3-small': model('openai', 'text-embedding-3-small', 95, 0),
  'claude-sonnet-4-5': model('anthropic', 'claude-sonnet-4-5-20250929', 980, 68),
  'claude-haiku-4-5': model('anthropic', 'claude-haiku-4-5-20251001', 510, 140),
  'claude-3-5-haiku-latest': model('anthropic', 'claude-3-5-haiku-20241022', 620, 62),
  'gemini-2.5-pro': model('google', 'gemini-2.5-pro', 1600, 92, 420),
  'gemini-2.5-flash': model('google', 'gemini-2.5-flash', 390, 185),
  'mistral-small-latest': model('mistral', 'mistral-small-2506', 310, 120),
  'mistral-large-latest': model('mistral', 'mistral-large-2411', 560, 48),
  // Runs on a machine of the company: no price is known for it.
  'llama3.1:8b': model('ollama', 'llama3.1:8b', 230, 34),
} as const satisfies Record<string, DemoModel>;

export type DemoModelName = keyof typeof DEMO_MODELS;

function model(
  provider: DemoModel['provider'],
  responseModel: string,
  firstTokenMs: number,
  tokensPerSecond: number,
  reasoningTokens = 0,
): DemoModel {
  return { provider, response_model: responseModel, firstTokenMs, tokensPerSecond, reasoningTokens };
}
