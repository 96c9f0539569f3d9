/** Who runs the model, by the host of the client's base URL: class names do not survive minifiers. */
import { isObject, isString } from '../../runtime/values.js';

const HOSTS: readonly (readonly [domain: string, provider: string])[] = [
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

/** The first API version of Azure that takes `stream_options`. */
const FIRST_STREAM_USAGE = '2024-09-01';

export interface Provider {
  readonly name: string;
  readonly host: string | undefined;
  /** True where `stream_options.include_usage` is known to be understood. */
  readonly reportsStreamUsage: boolean;
  /** True for Azure, whatever the address in front of it. */
  readonly isAzure: boolean;
}

interface Address {
  readonly host: string | undefined;
  readonly owner: string | undefined;
}

/** Hosts do not change their owner; reading a URL for each call would cost more than the rest of its beginning. */
const addresses = new Map<string, Address>();
const MAX_FOUND = 100;

/** Reads the client as it is now: its base URL may be set after construction. */
export function readProvider(client: unknown, given: string | undefined): Provider {
  const { baseURL, apiVersion } = isObject(client) ? client : {};
  const { host, owner } = readAddress(isString(baseURL) ? baseURL : '');
  const isAzure = owner === 'azure' || isString(apiVersion);
  return {
    isAzure,
    // An address of one's own in front of Azure: only its client has an API version.
    name: given ?? owner ?? (isString(apiVersion) ? 'azure' : host) ?? 'unknown',
    host,
    reportsStreamUsage: owner === 'openai' || (owner === 'azure' && !isBeforeStreamUsage(client, apiVersion)),
  };
}

/** Azure refuses `stream_options` in its older API versions. Without a version it is the new API, which is like OpenAI's. */
function isBeforeStreamUsage(client: unknown, apiVersion: unknown): boolean {
  const version = apiVersion ?? queryVersion(client);
  return isString(version) && /^\d{4}-\d\d-\d\d/.test(version) && version < FIRST_STREAM_USAGE;
}

/** For a client that is not Azure's own. */
function queryVersion(client: unknown): unknown {
  const options = isObject(client) && isObject(client._options) ? client._options : {};
  return isObject(options.defaultQuery) ? options.defaultQuery['api-version'] : undefined;
}

function readAddress(text: string): Address {
  let address = addresses.get(text);
  if (!address) {
    const url = parseUrl(text);
    const isIn = (domain: string) => url?.hostname === domain || url?.hostname.endsWith(`.${domain}`) === true;
    address = { host: url?.host, owner: HOSTS.find(([domain]) => isIn(domain))?.[1] };
    if (addresses.size < MAX_FOUND) addresses.set(text, address);
  }
  return address;
}

function parseUrl(value: string): URL | undefined {
  try {
    return new URL(value);
  } catch {
    return undefined;
  }
}
