import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { JsonValue } from '#shared/primitives';
import { aPricedCall, anUncachedCall } from '#tests/support/pricedCall';
import type { PricedCall } from './call.ts';
import { findCallPrice } from './callPrice.ts';
import { priceRequest } from './cost.ts';
import { findModelPrice, PRICE_LIST_VERSION } from './priceList.ts';
import { splitTokens } from './tokenParts.ts';
import { readUsageDetails } from './usageDetails.ts';
import { parseUsd } from './usd.ts';

const AT = new Date('2026-06-15T12:00:00Z');
const costOf = (call: PricedCall) => priceRequest(call, AT).cost_usd;

test('the cost of the caller wins over the list, exactly as it was given', () => {
  const given = priceRequest(aPricedCall({ cost_usd: '0.120000000000' }), AT);
  expect(given).toEqual({ cost_usd: '0.12', cost_source: 'provided', cost_status: 'given', price_version: null });
  expect(priceRequest(aPricedCall(), AT)).toEqual({
    cost_usd: '0.03',
    cost_source: 'builtin',
    cost_status: 'priced',
    price_version: PRICE_LIST_VERSION,
  });
  expect(priceRequest(aPricedCall({ model: 'nobody-1' }), AT)).toEqual({
    cost_usd: null,
    cost_source: null,
    cost_status: 'no_price',
    price_version: null,
  });
});

/** What the list calls the model; null where it has no price for it. */
const SONNET = 'regional.anthropic.claude-sonnet-4-5-20250929-v1:0';
const ARN = 'arn:aws:bedrock:us-east-1:123456789012';
const FREE = 'openrouter meta-llama/llama-3.3-70b-instruct:free';
test.each<[provider: string, model: string, found: string | null]>([
  // As their providers name them.
  ['openai', 'gpt-4o-2024-08-06', 'openai gpt-4o'],
  ['openai', 'gpt-4o-20240806', 'openai gpt-4o'],
  ['openai', ' GPT-4o ', 'openai gpt-4o'],
  ['anthropic', 'claude-sonnet-4-5-20250929', 'anthropic claude-sonnet-4-5'],
  ['anthropic', 'claude-sonnet-4-20250514', 'anthropic claude-sonnet-4-0'],
  ['anthropic', 'claude-3-7-sonnet-latest', 'anthropic claude-3-7-sonnet-latest'],
  ['google', 'models/gemini-2.5-pro', 'google gemini-2.5-pro'],
  ['google', 'gemini-2.5-pro-preview-06-05', 'google gemini-2.5-pro'],
  ['google', 'gemini-2.0-flash-001', 'google gemini-2.0-flash'],
  ['azure', 'gpt-35-turbo', 'azure gpt-3.5-turbo'],
  ['azure', 'o4-mini-2025-04-16', 'azure o4-mini'],
  // Providers in the words of OpenTelemetry and of libraries.
  ['OpenAI', 'gpt-4o', 'openai gpt-4o'],
  ['openai.responses', 'gpt-4o', 'openai gpt-4o'],
  ['azure.ai.openai', 'gpt-4o', 'azure gpt-4o'],
  ['az.ai.openai', 'gpt-4o', 'azure gpt-4o'],
  ['az.ai.inference', 'gpt-4o', 'azure gpt-4o'],
  ['gcp.gemini', 'gemini-2.5-pro', 'google gemini-2.5-pro'],
  ['google_genai', 'gemini-2.5-pro', 'google gemini-2.5-pro'],
  ['x_ai', 'grok-4', 'x-ai grok-4-0709'],
  ['mistral_ai', 'mistral-large-2512', 'mistral mistral-large-2512'],
  ['api.novita.ai', 'deepseek/deepseek-r1', 'novita deepseek/deepseek-r1'],
  // Bedrock and Vertex.
  ['bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0', `aws ${SONNET}`],
  ['aws.bedrock', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', `aws ${SONNET}`],
  ['aws', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', `aws ${SONNET.replace('regional', 'global')}`],
  ['aws', 'us.meta.llama3-3-70b-instruct-v1:0', 'aws meta.llama3-3-70b-instruct-v1:0'],
  [
    'aws',
    'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
    `aws ${SONNET}`,
  ],
  ['aws', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'aws amazon.nova-lite-v1:0'],
  ['vertex_ai', 'claude-sonnet-4-5@20250929', 'google claude-sonnet-4-5'],
  ['vertex_ai', 'claude-3-5-sonnet-v2@20241022', 'google claude-3-5-sonnet'],
  ['vertex_ai', 'projects/p/locations/eu/publishers/google/models/gemini-2.5-pro', 'google gemini-2.5-pro'],
  // Routers.
  ['litellm', 'bedrock/us.amazon.nova-lite-v1:0', 'aws amazon.nova-lite-v1:0'],
  ['litellm', 'bedrock/converse/us-east-1/amazon.nova-lite-v1:0', 'aws amazon.nova-lite-v1:0'],
  ['litellm', 'groq/llama-3.3-70b-versatile', 'groq llama-3.3-70b-versatile'],
  ['litellm', 'gpt-4o', 'openai gpt-4o'],
  ['my-router', 'openai/gpt-4o', 'openai gpt-4o'],
  ['openai', 'openai/gpt-4o', 'openai gpt-4o'],
  ['openrouter', 'anthropic/claude-sonnet-4.5', 'openrouter anthropic/claude-sonnet-4.5'],
  // Fine-tuned ones cost more than what they come from.
  ['openai', 'ft:gpt-4o-2024-08-06:acme::AbC123', 'openai ft:gpt-4o'],
  ['openai', 'ft:gpt-4-0613:acme::AbC123', null],
  ['openai', 'ft:gpt-4.1-2025-04-14:acme::AbC123', null],
  // Names that only resemble one that is listed.
  ['openai', 'gpt-4o-mini-turbo', null],
  ['openai', 'gpt-4o-2099-01-01', null],
  ['anthropic', 'claude-opus-4-6-fast', null],
  ['anthropic', 'claude-opus-4-10', null],
  ['anthropic', 'claude-sonnet-5.5', null],
  ['google', 'gemini-3.6-flash-image', null],
  ['google', 'gemini-3.7-flash-lite', null],
  ['aws', 'amazon.titan-embed-text-v2:0', null],
  ['aws', 'us-gov.anthropic.claude-3-haiku-20240307-v1:0', null],
  ['openrouter', 'anthropic/claude-sonnet-4.5:online', null],
  ['openrouter', 'openai/gpt-4o:nitro', null],
  // Resources of somebody's own.
  ['aws', 'arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.titan-text-lite-v1:0:8k/abc', null],
  ['aws', 'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc', null],
  ['aws', 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc', null],
  ['vertex_ai', 'projects/p/locations/eu/endpoints/123', null],
  ['azure', 'my-deployment', null],
  // Others run the same model, or another under its name.
  ['lmstudio', 'openai/gpt-oss-20b', null],
  ['together', 'openai/gpt-4o', null],
  ['azure', 'gpt-4o-mini-2024-07-18.ft-abc123', null],
  ['azure', 'DeepSeek-R1', null],
  ['azure', 'gpt-oss-120b', null],
  ['openai', 'gpt-oss-120b', null],
  ['vercel', 'openai/gpt-oss-120b', null],
  ['groq', 'openai/gpt-oss-safeguard-20b', null],
  ['openai-compatible', 'gpt-4o', null],
  ['localai', 'gpt-4', null],
  ['not-openai', 'gpt-4o', null],
  ['', 'gpt-4o', null],
  ['openai', '', null],
  ['openai', '/', null],
  ['constructor', '__proto__', null],
])('%s %s is found as %s', (provider, model, found) => {
  const price = findModelPrice(provider, model, AT);
  expect(price && `${price.provider} ${price.model}`).toBe(found);
});

test('the model that answered counts', () => {
  expect(costOf(aPricedCall({ model: 'my-alias', response_model: 'gpt-4o' }))).toBe('0.03');
  expect(costOf(aPricedCall({ model: 'gpt-4.1', response_model: 'gpt-4o' }))).toBe('0.03');
  // A version that is not listed yet is what was asked for; another model is not.
  expect(costOf(aPricedCall({ response_model: 'gpt-4o-2099-01-01' }))).toBe('0.03');
  expect(costOf(aPricedCall({ response_model: 'gpt-4o-huge' }))).toBeNull();
  expect(costOf(aPricedCall({ response_model: 'nobody-1' }))).toBeNull();
});

test.each<[string, string, string, string | null]>([
  // Who runs it is said by what was asked for.
  ['litellm', 'groq/llama-3.3-70b-versatile', 'llama-3.3-70b-versatile', 'groq llama-3.3-70b-versatile'],
  ['litellm', 'groq/openai/gpt-oss-120b', 'openai/gpt-oss-120b', 'groq openai/gpt-oss-120b'],
  ['litellm', 'azure/my-deployment', 'gpt-4o-2024-08-06', 'azure gpt-4o'],
  ['litellm', 'openrouter/deepseek/deepseek-v3.2', 'deepseek/deepseek-v3.2', 'openrouter deepseek/deepseek-v3.2'],
  ['litellm', 'openai/gpt-4o', 'gpt-4o-2099-01-01', 'openai gpt-4o'],
  ['litellm', 'openai/gpt-4o', 'claude-sonnet-4-5-20250929', 'anthropic claude-sonnet-4-5'],
  ['my-router', 'openai/gpt-4o', 'gpt-4o-2024-08-06', 'openai gpt-4o'],
  ['my-router', 'openai/gpt-4o', 'gpt-4o-mini', null],
  // What OpenRouter does besides.
  ['openrouter', 'openai/gpt-4o:online', 'openai/gpt-4o', null],
  ['openrouter', 'meta-llama/llama-3.3-70b-instruct:free', 'meta-llama/llama-3.3-70b-instruct', FREE],
  ['openrouter', 'openrouter/auto', 'openai/gpt-4o', 'openrouter openai/gpt-4o'],
  // A router that takes a fee.
  ['azure', 'model-router', 'gpt-5-mini-2025-08-07', null],
  // Tuned models and resources of somebody's own.
  ['openai', 'ft:gpt-4o-2024-08-06:acme::A', 'gpt-4o-2024-08-06', 'openai ft:gpt-4o'],
  ['openai', 'ft:gpt-4.1-2025-04-14:acme::A', 'gpt-4.1-2025-04-14', null],
  ['aws', `${ARN}:provisioned-model/abc`, 'amazon.nova-lite-v1:0', null],
  ['aws', `${ARN}:application-inference-profile/abc`, 'claude-sonnet-4-5-20250929', null],
  ['aws', `${ARN}:application-inference-profile/abc`, 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', `aws ${SONNET}`],
  ['vertex_ai', 'projects/p/locations/eu/endpoints/123', 'gemini-2.5-flash', null],
])('%s %s, answered by %s, has the price of %s', (provider, model, response_model, found) => {
  const price = findCallPrice(aPricedCall({ provider, model, response_model }), AT);
  expect(price && `${price.provider} ${price.model}`).toBe(found);
});

test('on Bedrock the model that was asked for says where it runs', () => {
  const call = { provider: 'aws', response_model: 'claude-sonnet-4-5-20250929' };
  const model = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
  expect(costOf(anUncachedCall({ ...call, model: `global.${model}` }))).toBe('0.045');
  expect(costOf(anUncachedCall({ ...call, model: `eu.${model}` }))).toBe('0.0495');
});

const count = fc.oneof(fc.constant(null), fc.nat(2_000));
const aUsage = fc.record({
  input_tokens: count,
  output_tokens: count,
  cached_input_tokens: count,
  cache_write_tokens: count,
  reasoning_tokens: count,
  audio_input_tokens: count,
  audio_output_tokens: count,
});
const aModel = fc.constantFrom<[string, string]>(
  ['openai', 'gpt-4o'],
  ['openai', 'gpt-audio'],
  ['openai', 'gpt-realtime'],
  ['openai', 'gpt-image-1.5'],
  ['openai', 'text-embedding-3-small'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['google', 'gemini-2.5-flash'],
  ['google', 'gemini-2.5-flash-image'],
);

test('parts never exceed totals: each token is in one part, and a usage that says otherwise has none', () => {
  fc.assert(
    fc.property(aModel, aUsage, count, ([provider, model], usage, image) => {
      const call = anUncachedCall({ provider, model, ...usage });
      const response = { usage: { output_tokens_details: { image_tokens: image } } };
      const price = findModelPrice(provider, model, AT);
      const parts = price && splitTokens(call, readUsageDetails(response, null), price);
      if (!parts) return;
      const sum = (direction: RegExp) =>
        parts.filter(({ kind }) => direction.test(kind)).reduce((total, { tokens }) => total + tokens, 0);
      expect(sum(/^(?:input|cache)/)).toBe(usage.input_tokens ?? 0);
      expect(sum(/^output/)).toBe(usage.output_tokens ?? 0);
      for (const { tokens } of parts) expect(tokens).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
});

test('a cost has a source and a state that agree with it, whatever the usage says', () => {
  fc.assert(
    fc.property(aModel, aUsage, ([provider, model], usage) => {
      const cost = priceRequest(anUncachedCall({ provider, model, ...usage }), AT);
      expect(cost.cost_source).toBe(cost.cost_usd === null ? null : 'builtin');
      expect(cost.cost_status === 'priced').toBe(cost.cost_usd !== null);
    }),
    { numRuns: 1_000 },
  );
});

const MEMBERS =
  'usage usageMetadata choices candidates output content message type tools service_tier cost prompt_tokens ' +
  'input_tokens_details promptTokensDetails groundingMetadata __proto__';
const member = fc.constantFrom(...MEMBERS.split(' '));
const { odd } = fc.letrec<{ odd: JsonValue; list: JsonValue; object: JsonValue; plain: JsonValue }>((tie) => ({
  odd: fc.oneof({ depthSize: 'small' }, tie('plain'), tie('list'), tie('object')),
  list: fc.array(tie('odd'), { maxLength: 3 }),
  object: fc.array(fc.tuple(member, tie('odd')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
  plain: fc.oneof(fc.jsonValue() as fc.Arbitrary<JsonValue>, fc.constantFrom('web_search_call', 'server_tool_use', 12)),
}));

test('no answer, tools or parameters are so odd that the log is lost', () => {
  fc.assert(
    fc.property(aModel, odd, odd, odd, ([provider, model], response, tools, other) => {
      const parameters = { tools: other, service_tier: other, web_search_options: other };
      const call = anUncachedCall({ provider, model, response, tools, parameters, metadata: { usage: other } });
      expect(() => priceRequest({ ...call, messages: [other], cache_write_tokens: 5 }, AT)).not.toThrow();
    }),
    { numRuns: 2_000 },
  );
});

test('more tokens never cost less, and a cost is always an exact decimal', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.nat(1e9), fc.nat(1e9), (input_tokens, output_tokens, more) => {
      const cost = costOf(anUncachedCall({ input_tokens, output_tokens })) ?? '';
      expect(cost).toMatch(/^\d+(\.\d{1,12})?$/);
      const larger = costOf(anUncachedCall({ input_tokens, output_tokens: output_tokens + more })) ?? '';
      expect(parseUsd(larger)).toBeGreaterThanOrEqual(parseUsd(cost));
    }),
  );
});

test('a tier halves exactly', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), (input_tokens, output_tokens) => {
      const call = anUncachedCall({ model: 'gpt-5', input_tokens, output_tokens });
      const half = parseUsd(costOf({ ...call, service_tier: 'flex' }) ?? '');
      expect(half * 2n).toBe(parseUsd(costOf(call) ?? ''));
    }),
  );
});

test('the version that is said with a cost is that of the package', () => {
  const installed = JSON.parse(readFileSync('node_modules/@pydantic/genai-prices/package.json', 'utf8'));
  expect(PRICE_LIST_VERSION).toBe(`genai-prices@${installed.version}`);
});
