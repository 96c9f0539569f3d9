/** What spans tell of a cost besides their tokens, worked out by hand as in server/pricing/goldenCosts.test.ts. */
import { priceRequest } from '#server/pricing/cost';
import type { JsonObject } from '#shared/primitives';
import { mapSpan } from '#server/otlp/mapping';
import { aSpan } from '#tests/support/otlpFixtures';

const SONNET = 'claude-sonnet-4-5-20250929';

function costOf(attributes: JsonObject): string {
  const { fields } = mapSpan(aSpan({ name: 'chat', attributes }));
  const { cost_usd, cost_status } = priceRequest(fields as never, new Date('2026-06-15T12:00:00Z'));
  return cost_usd ?? cost_status;
}

interface AiSdkCall {
  readonly provider: string;
  readonly model: string;
  readonly usage: { readonly [name: string]: number };
  readonly metadata: JsonObject;
}

const aiSdk = ({ provider, model, usage, metadata }: AiSdkCall): JsonObject => ({
  'ai.operationId': 'ai.generateText.doGenerate',
  'ai.model.provider': provider,
  'ai.model.id': model,
  'ai.response.text': 'Hi',
  'ai.response.providerMetadata': JSON.stringify(metadata),
  ...Object.fromEntries(Object.entries(usage).map(([name, count]) => [`ai.usage.${name}`, count])),
});

const claude = (usage: AiSdkCall['usage'], anthropic: JsonObject): JsonObject =>
  aiSdk({ provider: 'anthropic.messages', model: SONNET, usage, metadata: { anthropic } });

const ofThousands = { inputTokens: 1_000, outputTokens: 1_000, totalTokens: 2_000 };

const genAi = (parts: JsonObject[]): JsonObject => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.request.model': SONNET,
  'gen_ai.usage.input_tokens': 1_000,
  'gen_ai.usage.output_tokens': 1_000,
  'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: [...parts, { type: 'text', content: 'Hi' }] }]),
});

test.each<[string, JsonObject, string]>([
  [
    'AI SDK 5, 5k beside 4k read, 3 / 0.30 / 15: 15,000 + 1,200 + 1,500',
    claude(
      { inputTokens: 5_000, outputTokens: 100, totalTokens: 5_100, cachedInputTokens: 4_000 },
      { usage: { input_tokens: 5_000, cache_read_input_tokens: 4_000, output_tokens: 100 } },
    ),
    '0.0177',
  ],
  [
    'AI SDK 4, 4k read and 2k written besides: 15,000 + 1,200 + 7,500 + 1,500',
    claude(
      { promptTokens: 5_000, completionTokens: 100 },
      { cacheReadInputTokens: 4_000, cacheCreationInputTokens: 2_000 },
    ),
    '0.0252',
  ],
  [
    'AI SDK 6, which has it in its input, and 2k for an hour: 300 + 1,200 + 12,000 + 1,500',
    claude(
      {
        inputTokens: 6_100,
        'inputTokenDetails.cacheReadTokens': 4_000,
        'inputTokenDetails.cacheWriteTokens': 2_000,
        outputTokens: 100,
      },
      {
        usage: {
          input_tokens: 100,
          cache_read_input_tokens: 4_000,
          cache_creation_input_tokens: 2_000,
          cache_creation: { ephemeral_1h_input_tokens: 2_000 },
          output_tokens: 100,
        },
      },
    ),
    '0.015',
  ],
  [
    'two searches: 18,000 + 20,000',
    claude(ofThousands, {
      usage: { input_tokens: 1_000, output_tokens: 1_000, server_tool_use: { web_search_requests: 2 } },
    }),
    '0.038',
  ],
  [
    'flex of gpt-5-mini, half of 2,250',
    aiSdk({
      provider: 'openai.responses',
      model: 'gpt-5-mini',
      usage: ofThousands,
      metadata: { openai: { serviceTier: 'flex' } },
    }),
    '0.001125',
  ],
  [
    'grounding with Google',
    aiSdk({
      provider: 'google.generative-ai',
      model: 'gemini-2.5-flash',
      usage: ofThousands,
      metadata: { google: { groundingMetadata: { webSearchQueries: ['news'] } } },
    }),
    'no_price',
  ],
  [
    "what Vercel's gateway bills",
    aiSdk({
      provider: 'gateway',
      model: 'openai/gpt-4o',
      usage: ofThousands,
      metadata: { gateway: { cost: '0.0131' } },
    }),
    '0.0131',
  ],
  [
    'a tool that the server ran, by OpenTelemetry',
    genAi([{ type: 'server_tool_call', name: 'web_search', server_tool_call: { query: 'news' } }]),
    'no_price',
  ],
  [
    'the same by Pydantic AI',
    genAi([{ type: 'tool_call', name: 'web_search', arguments: {}, builtin: true }]),
    'no_price',
  ],
  [
    'one that is free: 18,000',
    genAi([{ type: 'server_tool_call', name: 'web_fetch', server_tool_call: { url: 'https://example.com' } }]),
    '0.018',
  ],
  ['one that the caller ran', genAi([{ type: 'tool_call', name: 'web_search', arguments: {} }]), '0.018'],
  [
    'a message of Anthropic by OpenInference: 18,000 + 10,000',
    {
      'openinference.span.kind': 'LLM',
      'llm.provider': 'anthropic',
      'llm.model_name': SONNET,
      'llm.token_count.prompt': 1_000,
      'llm.token_count.completion': 1_000,
      'output.mime_type': 'application/json',
      'output.value': JSON.stringify({
        type: 'message',
        content: [
          { type: 'server_tool_use', name: 'web_search' },
          { type: 'text', text: 'Hi' },
        ],
        usage: { input_tokens: 1_000, output_tokens: 1_000, server_tool_use: { web_search_requests: 1 } },
      }),
    },
    '0.028',
  ],
])('%s', (_, attributes, expected) => {
  expect(costOf(attributes)).toBe(expected);
});
