/**
 * Costs of answers that a library wrote down in words of its own beside those of the provider, and of answers that say in
 * another place how they are billed, worked out by hand; see goldenCosts.test.ts for the arithmetic.
 */
import { readUsage } from '#shared/conversation/usage';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { GOLDEN_TIME } from '#tests/support/pricedCall';
import type { PricedCall } from './call.ts';
import { priceRequest } from './cost.ts';

/** As a log that has no counts of its own is stored. */
function answered(provider: string, model: string, response: JsonObject): PricedCall {
  return { provider, model, messages: [{ role: 'user', content: 'Hi' }], response, ...readUsage(response) };
}

const SONNET = 'claude-sonnet-4-5';
const ofThousands = { inputTokens: 1_000, outputTokens: 1_000, totalTokens: 2_000 };

/** The AI SDK 5, whose input leaves out what Anthropic's cache has to do with. */
function aiSdk5(counts: { input: number; read: number; written: number; output: number }): JsonObject {
  const { input, read, written, output } = counts;
  return {
    text: 'Hi',
    usage: { inputTokens: input, outputTokens: output, totalTokens: input + output, cachedInputTokens: read },
    providerMetadata: {
      anthropic: {
        usage: {
          input_tokens: input,
          cache_creation_input_tokens: written,
          cache_read_input_tokens: read,
          // Of a stream, some versions keep what it said first.
          output_tokens: 1,
        },
        cacheCreationInputTokens: written,
      },
    },
  };
}

const aiSdk6 = (usage: JsonObject, raw: JsonObject): JsonObject => ({ text: 'Hi', usage: { ...usage, raw } });

const gemini = {
  candidates: [{ content: { parts: [{ text: 'Hi' }] } }],
  usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 1_000, totalTokenCount: 2_000 },
};

const GOLDEN: [name: string, provider: string, model: string, response: JsonObject, expected: string][] = [
  [
    'AI SDK 5, 3 beside 12,304 written, 3 / 3.75 / 15: 9 + 46,140 + 8,250',
    'anthropic',
    SONNET,
    aiSdk5({ input: 3, read: 0, written: 12_304, output: 550 }),
    '0.054399',
  ],
  [
    'AI SDK 5, 5k beside 4k read, 3 / 0.30 / 15: 15,000 + 1,200 + 1,500',
    'anthropic',
    SONNET,
    aiSdk5({ input: 5_000, read: 4_000, written: 0, output: 100 }),
    '0.0177',
  ],
  [
    'AI SDK 4, 5k beside 4k read and 2k written: 15,000 + 1,200 + 7,500 + 1,500',
    'anthropic',
    SONNET,
    {
      text: 'Hi',
      usage: { promptTokens: 5_000, completionTokens: 100, totalTokens: 5_100 },
      providerMetadata: { anthropic: { cacheCreationInputTokens: 2_000, cacheReadInputTokens: 4_000 } },
    },
    '0.0252',
  ],
  [
    'AI SDK 5 of Bedrock, 1k beside 2k read, 3.30 / 0.33 / 16.50: 3,300 + 660 + 16,500',
    'amazon-bedrock',
    'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
    {
      text: 'Hi',
      usage: { ...ofThousands, cachedInputTokens: 2_000 },
      providerMetadata: { bedrock: { usage: { cacheWriteInputTokens: 0 } } },
    },
    '0.02046',
  ],
  [
    'AI SDK 4 of OpenAI, whose input has it, 2.50 / 1.25 / 10: 250 + 1,125 + 1,000',
    'openai',
    'gpt-4o',
    {
      text: 'Hi',
      usage: { promptTokens: 1_000, completionTokens: 100, totalTokens: 1_100 },
      providerMetadata: { openai: { cachedPromptTokens: 900 } },
    },
    '0.002375',
  ],
  [
    'AI SDK 6, 2k written for an hour at 6: 300 + 1,200 + 12,000 + 1,500',
    'anthropic',
    SONNET,
    aiSdk6(
      {
        inputTokens: 6_100,
        inputTokenDetails: { noCacheTokens: 100, cacheReadTokens: 4_000, cacheWriteTokens: 2_000 },
        outputTokens: 100,
        totalTokens: 6_200,
      },
      {
        input_tokens: 100,
        cache_read_input_tokens: 4_000,
        cache_creation_input_tokens: 2_000,
        cache_creation: { ephemeral_1h_input_tokens: 2_000 },
        output_tokens: 100,
      },
    ),
    '0.015',
  ],
  [
    'AI SDK 6, two searches: 18,000 + 20,000',
    'anthropic',
    SONNET,
    aiSdk6(ofThousands, {
      input_tokens: 1_000,
      output_tokens: 1_000,
      server_tool_use: { web_search_requests: 2 },
    }),
    '0.038',
  ],
  [
    'AI SDK 6, what OpenRouter bills',
    'openrouter',
    'openai/gpt-4o',
    aiSdk6(ofThousands, { prompt_tokens: 1_000, completion_tokens: 1_000, cost: 0.0131 }),
    '0.0131',
  ],
  ...(
    [
      ['OpenRouter', { openrouter: { usage: { cost: 0.0131, costDetails: { upstreamInferenceCost: 0.0125 } } } }],
      [
        'OpenRouter, and the provider besides',
        { openrouter: { usage: { cost: 0.0006, costDetails: { upstreamInferenceCost: 0.0125 } } } },
      ],
      ["Vercel's gateway", { gateway: { cost: '0.0131', marketCost: '0.0131' } }],
      ["the provider, with a key of the caller's own", { gateway: { cost: '0', marketCost: '0.0131' } }],
      ['Perplexity', { perplexity: { cost: { requestCost: 0.005, totalCost: 0.0131 } } }],
      ['xAI', { xai: { costInUsdTicks: 131_000_000 } }],
    ] as [string, JsonObject][]
  ).map(([who, providerMetadata]): (typeof GOLDEN)[number] => [
    `AI SDK, what is billed by ${who}`,
    'openrouter',
    'openai/gpt-4o',
    { text: 'Hi', usage: ofThousands, providerMetadata },
    '0.0131',
  ]),
  [
    'LangChain, what OpenRouter bills',
    'openrouter',
    'openai/gpt-4o',
    {
      content: 'Hi',
      response_metadata: { token_usage: { prompt_tokens: 1_000, completion_tokens: 1_000, cost: 0.0131 } },
      usage_metadata: { input_tokens: 1_000, output_tokens: 1_000, total_tokens: 2_000 },
    },
    '0.0131',
  ],
  [
    'LangChain, half of 0.25 / 0.025 / 2 by flex: (25 + 22.5 + 200) / 2',
    'openai',
    'gpt-5-mini',
    {
      content: 'Hi',
      response_metadata: { service_tier: 'flex' },
      usage_metadata: {
        input_tokens: 1_000,
        output_tokens: 100,
        total_tokens: 1_100,
        input_token_details: { flex_cache_read: 900, flex: 100 },
        output_token_details: { flex_reasoning: 64, flex: 36 },
      },
    },
    '0.00012375',
  ],
  [
    'LangChain, written for an hour as Anthropic says: 300 + 1,200 + 12,000 + 1,500',
    'anthropic',
    SONNET,
    {
      content: 'Hi',
      response_metadata: {
        usage: {
          input_tokens: 100,
          cache_read_input_tokens: 4_000,
          cache_creation_input_tokens: 2_000,
          cache_creation: { ephemeral_1h_input_tokens: 2_000 },
          output_tokens: 100,
        },
      },
      usage_metadata: {
        input_tokens: 6_100,
        output_tokens: 100,
        total_tokens: 6_200,
        input_token_details: { cache_read: 4_000, cache_creation: 2_000 },
      },
    },
    '0.015',
  ],
  [
    'Pydantic AI: 100 × 3 + 4k × 0.30 + 2k × 3.75 + 100 × 15',
    'anthropic',
    SONNET,
    {
      parts: [{ part_kind: 'text', content: 'Hi' }],
      usage: { input_tokens: 6_100, cache_read_tokens: 4_000, cache_write_tokens: 2_000, output_tokens: 100 },
    },
    '0.0105',
  ],
  ...(
    [
      ["Mistral's client for JavaScript", { promptTokensDetails: { cachedTokens: 900 } }],
      ["Mistral's counts", { num_cached_tokens: 900 }],
      ["Mistral's details", { prompt_token_details: { cached_tokens: 900 } }],
    ] as [string, JsonObject][]
  ).map(([who, cached]): (typeof GOLDEN)[number] => [
    `${who}, 0.50 / 0.05 / 1.50: 50 + 45 + 150`,
    'mistral',
    'mistral-large-2512',
    {
      choices: [],
      usage:
        'promptTokensDetails' in cached
          ? { promptTokens: 1_000, completionTokens: 100, totalTokens: 1_100, ...cached }
          : { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100, ...cached },
    },
    '0.000245',
  ]),
  [
    "what OpenRouter's client for JavaScript says it bills",
    'openrouter',
    'openai/gpt-4o',
    { choices: [], usage: { promptTokens: 1_000, completionTokens: 1_000, cost: 0.0131 } },
    '0.0131',
  ],
  [
    '.NET, 2.50 / 1.25 / 10: 250 + 1,125 + 1,000',
    'openai',
    'gpt-4o',
    {
      usage: {
        inputTokenCount: 1_000,
        outputTokenCount: 100,
        totalTokenCount: 1_100,
        inputTokenDetails: { cachedTokenCount: 900 },
      },
    },
    '0.002375',
  ],
  [
    'vectors of Voyage, 0.06',
    'voyageai',
    'voyage-3.5',
    { object: 'list', data: [{ embedding: [0.1] }], usage: { total_tokens: 1_000 } },
    '0.00006',
  ],
  [
    'Gemini live, 0.50 / 3 / 12: 100 × 0.50 + 900 × 3 + 500 × 12',
    'google',
    'gemini-2.5-flash-native-audio-preview-09-2025',
    {
      candidates: [],
      usage_metadata: {
        prompt_token_count: 1_000,
        response_token_count: 500,
        prompt_tokens_details: [{ modality: 'AUDIO', token_count: 900 }],
        response_tokens_details: [{ modality: 'AUDIO', token_count: 500 }],
      },
    },
    '0.00875',
  ],
  ['a batch of Gemini, half of 0.30 / 2.50', 'google', 'gemini-2.5-flash', { key: 'r1', response: gemini }, '0.0014'],
  ['one that was sent inline', 'google', 'gemini-2.5-flash', { response: gemini, metadata: { key: 'r1' } }, '0.0014'],
  [
    'a batch of Vertex',
    'google',
    'gemini-2.5-flash',
    { status: '', processed_time: '2026-06-15T12:00:00Z', request: {}, response: gemini },
    '0.0014',
  ],
  ['an answer of Gemini in another object: 300 + 2,500', 'google', 'gemini-2.5-flash', { response: gemini }, '0.0028'],
  [
    'Bedrock, with a latency that costs more',
    'aws',
    'amazon.nova-pro-v1:0',
    { output: { message: {} }, usage: ofThousands, performanceConfig: { latency: 'optimized' } },
    'no_price',
  ],
  [
    'Bedrock, with the usual latency: 800 + 3,200',
    'aws',
    'amazon.nova-pro-v1:0',
    { output: { message: {} }, usage: ofThousands, performanceConfig: { latency: 'standard' } },
    '0.004',
  ],
];

test.each(GOLDEN)('%s', (_, provider, model, response, expected) => {
  const { cost_usd, cost_status } = priceRequest(answered(provider, model, response), new Date(GOLDEN_TIME));
  expect(cost_usd ?? cost_status).toBe(expected);
});

test('a stream of Bedrock, of which the last event has the counts: 800 + 3,200', () => {
  const usage = { inputTokens: 1_000, outputTokens: 1_000, totalTokens: 2_000 };
  const costOf = (last: JsonObject) => {
    const response: JsonValue = [{ messageStart: { role: 'assistant' } }, { metadata: last }];
    const call = { ...answered('aws', 'amazon.nova-pro-v1:0', {}), ...readUsage(response), response };
    return priceRequest(call, new Date(GOLDEN_TIME)).cost_usd;
  };
  expect(costOf({ usage })).toBe('0.004');
  expect(costOf({ usage, performanceConfig: { latency: 'optimized' } })).toBeNull();
});

test('an early count that a library keeps of a stream is not taken for the whole', () => {
  const usage = readUsage(aiSdk5({ input: 3, read: 100, written: 20, output: 550 }));
  expect(usage).toMatchObject({ input_tokens: 123, output_tokens: 550, cached_input_tokens: 100 });
});
