/** Who runs the model, by the host of the client's base URL: class names do not survive minifiers. */
import { isObject } from './assembler.js';

const HOSTS: readonly (readonly [suffix: string, provider: string])[] = [
  ['api.openai.com', 'openai'],
  ['openai.azure.com', 'azure'],
  ['cognitiveservices.azure.com', 'azure'],
  ['services.ai.azure.com', 'azure'],
  ['openrouter.ai', 'openrouter'],
  ['api.groq.com', 'groq'],
  ['api.deepseek.com', 'deepseek'],
  ['api.mistral.ai', 'mistral'],
  ['api.together.xyz', 'together'],
  ['api.together.ai', 'together'],
  ['generativelanguage.googleapis.com', 'google'],
  ['aiplatform.googleapis.com', 'google'],
  ['api.anthropic.com', 'anthropic'],
  ['api.x.ai', 'x-ai'],
  ['api.fireworks.ai', 'fireworks'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.cerebras.ai', 'cerebras'],
  ['api.cohere.ai', 'cohere'],
  ['api.cohere.com', 'cohere'],
  ['api.moonshot.ai', 'moonshotai'],
  ['router.huggingface.co', 'huggingface'],
  ['amazonaws.com', 'aws'],
  ['openai.com', 'openai'],
];

export interface Provider {
  readonly name: string;
  readonly host: string | undefined;
  /** True where `stream_options.include_usage` is known to be understood. */
  readonly reportsStreamUsage: boolean;
}

/** Reads the client as it is now: its base URL may be set after construction. */
export function readProvider(client: unknown, given: string | undefined): Provider {
  const url = parseUrl(isObject(client) ? client.baseURL : undefined);
  const host = url?.host;
  const known = url && HOSTS.find(([suffix]) => url.hostname === suffix || url.hostname.endsWith(`.${suffix}`))?.[1];
  const isAzure =
    known === 'azure' || (isObject(client) && typeof client.apiVersion === 'string' && known === undefined);
  const name = given ?? known ?? (isAzure ? 'azure' : host) ?? 'unknown';
  return { name, host, reportsStreamUsage: known === 'openai' || known === 'azure' };
}

function parseUrl(value: unknown): URL | undefined {
  try {
    return typeof value === 'string' ? new URL(value) : undefined;
  } catch {
    return undefined;
  }
}
