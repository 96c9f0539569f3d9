/** What callers call a provider, in the price list's words. Pure. */
import { findProvider, type Provider } from '@pydantic/genai-prices';

/**
 * Names of libraries and conventions (OpenTelemetry, AI SDK, LiteLLM, LangChain) for providers of the list, without
 * separators. The list itself would find names by what they contain, so that `openai-compatible` became OpenAI.
 */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    openai: 'chatopenai openairesponses textcompletionopenai',
    azure:
      'azureopenai azureaiopenai azureaiinference azureai azureaifoundry azopenai azaiopenai azaiinference microsoftfoundry',
    anthropic: 'claude chatanthropic',
    google:
      'gemini googlegenai googlegenerativeai googlegla googleaistudio googleai gcpgemini gcpgenai vertex vertexai ' +
      'googlevertex googlevertexai gcpvertexai gcpvertex anthropicvertex googlevertexanthropic',
    aws: 'bedrock awsbedrock amazonbedrock amazon bedrockconverse bedrockruntime',
    'x-ai': 'xai grok',
    mistral: 'mistralai',
    together: 'togetherai',
    fireworks: 'fireworksai',
    moonshotai: 'moonshot',
    voyageai: 'voyage',
    cloudflare: 'cloudflareworkersai workersai',
    perplexity: 'perplexityai',
    cohere: 'coherechat cohereai',
  }).flatMap(([id, names]) => names.split(' ').map((name) => [name, id])),
);

/** They pass calls on to others at the others' prices: whose price it is, the name of the model says. */
const GATEWAYS = new Set(['litellm', 'litellmproxy', 'helicone', 'portkey', 'vercel', 'vercelaigateway', 'gateway']);

/** What the AI SDK writes behind a name: `openai.responses`. */
const ENDPOINT_SUFFIX = /\.(?:chat|responses|messages|completion|embedding|textembedding|image|speech|transcription)$/;

/** The provider of the list that a name stands for; undefined where it stands for none. */
export function findListedProvider(given: string): Provider | undefined {
  const name = given.trim().toLowerCase().replace(ENDPOINT_SUFFIX, '');
  const exact = findById(name);
  if (exact) return exact;
  const alias = ALIASES.get(withoutSeparators(name)) ?? findById(withoutSeparators(name))?.id;
  if (alias !== undefined) return findById(alias);
  // The host of a client's base URL, where nobody said who that is.
  return name.includes('.') ? findProvider({ providerApiUrl: `https://${name}` }) : undefined;
}

/** True where it passes calls on to models of others. */
export function isGateway(given: string): boolean {
  return GATEWAYS.has(withoutSeparators(given.trim().toLowerCase()));
}

/** A provider by its name in the list, which is taken as it is. */
export function findById(id: string): Provider | undefined {
  if (id === '') return undefined;
  const found = findProvider({ providerId: id });
  // It answers what contains the name, too.
  return found?.id === id ? found : undefined;
}

function withoutSeparators(name: string): string {
  return name.replaceAll(/[-_. ]/g, '');
}
