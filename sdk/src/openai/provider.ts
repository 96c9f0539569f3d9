/** Who runs the model, by the host of the client's base URL: class names do not survive minifiers. */
import { isObject } from '../values.js';

const HOSTS: readonly (readonly [suffix: string, provider: string])[] = [
  ['openai.com', 'openai'],
  ['openai.azure.com', 'azure'],
  ['cognitiveservices.azure.com', 'azure'],
  ['services.ai.azure.com', 'azure'],
  ['openrouter.ai', 'openrouter'],
  ['api.groq.com', 'groq'],
  ['api.deepseek.com', 'deepseek'],
  ['api.mistral.ai', 'mistral'],
  ['api.together.xyz', 'together'],
  ['api.together.ai', 'together'],
  ['googleapis.com', 'google'],
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
];

export interface Provider {
  readonly name: string;
  readonly host: string | undefined;
  /** True where `stream_options.include_usage` is known to be understood. */
  readonly reportsStreamUsage: boolean;
}

/** Hosts do not change their owner; reading a URL for each call would cost more than the rest of its beginning. */
const found = new Map<string, Provider>();
const MAX_FOUND = 100;

/** Reads the client as it is now: its base URL may be set after construction. */
export function readProvider(client: unknown, given: string | undefined): Provider {
  const { baseURL, apiVersion } = isObject(client) ? client : {};
  const address = typeof baseURL === 'string' ? baseURL : '';
  const hasApiVersion = typeof apiVersion === 'string';
  const key = `${address} ${String(hasApiVersion)} ${given ?? ''}`;
  let provider = found.get(key);
  if (!provider) {
    provider = findProvider(address, hasApiVersion, given);
    if (found.size < MAX_FOUND) found.set(key, provider);
  }
  return provider;
}

function findProvider(address: string, hasApiVersion: boolean, given: string | undefined): Provider {
  const url = parseUrl(address);
  const host = url?.host;
  const owner = url && HOSTS.find(([suffix]) => url.hostname === suffix || url.hostname.endsWith(`.${suffix}`))?.[1];
  // An address of one's own in front of Azure: only its client has an API version.
  const name = given ?? owner ?? (hasApiVersion ? 'azure' : host) ?? 'unknown';
  return { name, host, reportsStreamUsage: owner === 'openai' || owner === 'azure' };
}

function parseUrl(value: string): URL | undefined {
  try {
    return new URL(value);
  } catch {
    return undefined;
  }
}
