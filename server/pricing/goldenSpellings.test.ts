/**
 * Costs of answers in the words of other providers, libraries and gateways, worked out by hand; see goldenCosts.test.ts for
 * the arithmetic. Some log their counts, and some leave them to the answer.
 */
import { readUsage } from '#shared/conversation/usage';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { aCallOfThousands, anUncachedCall, GOLDEN_TIME, type GoldenCost, withUsage } from '#tests/support/pricedCall';
import type { PricedCall } from './call.ts';
import { priceRequest } from './cost.ts';

/** As a log that has no counts of its own is stored. */
function answered(provider: string, model: string, response: JsonValue): PricedCall {
  return { provider, model, messages: [{ role: 'user', content: 'Hi' }], response, ...readUsage(response) };
}

/** A thousand tokens in and a hundred out, by whoever logs no more than that. */
function logged(provider: string, model: string, response: JsonObject): PricedCall {
  return anUncachedCall({ provider, model, input_tokens: 1_000, output_tokens: 100, response });
}

const grounded = { vertex_ai_grounding_metadata: [{ webSearchQueries: ['news'] }] };
const ofThousands = (provider: string, model: string, fields: Partial<PricedCall>) =>
  aCallOfThousands(model, { provider, ...fields });

const GOLDEN: GoldenCost[] = [
  // The cache
  [
    'Moonshot 0.60 / 0.10 / 3: 100 × 0.60 + 900 × 0.10 + 100 × 3',
    logged('moonshotai', 'kimi-k2.5', { usage: { prompt_tokens: 1_000, completion_tokens: 100, cached_tokens: 900 } }),
    '0.00045',
  ],
  [
    'DeepSeek 0.435 / 0.003625 / 0.87: 100 × 0.435 + 900 × 0.003625 + 100 × 0.87',
    logged('deepseek', 'deepseek-v4-pro', {
      usage: { prompt_tokens: 1_000, completion_tokens: 100, prompt_cache_hit_tokens: 900 },
    }),
    '0.0001337625',
  ],
  [
    "Gemini in Python's words, 0.30 / 0.03 / 2.50: 100 × 0.30 + 900 × 0.03 + 100 × 2.50",
    logged('google', 'gemini-2.5-flash', {
      usage_metadata: { prompt_token_count: 1_000, candidates_token_count: 100, cached_content_token_count: 900 },
    }),
    '0.000307',
  ],
  [
    'cached sound, 0.30 / 1 / 0.10 / 2.50: 400 × 0.30 + 200 × 1 + 400 × 0.10 + 100 × 2.50',
    answered('google', 'gemini-2.5-flash', {
      usage_metadata: {
        prompt_token_count: 1_000,
        candidates_token_count: 100,
        cached_content_token_count: 400,
        prompt_tokens_details: [{ modality: 'AUDIO', token_count: 600 }],
        cache_tokens_details: [{ modality: 'AUDIO', token_count: 400 }],
      },
    }),
    '0.00061',
  ],
  [
    'LiteLLM, 3 / 0.30 / 15 and 6 for an hour: 100 × 3 + 4k × 0.30 + 2k × 6 + 100 × 15',
    answered('litellm', 'anthropic/claude-sonnet-4-5', {
      choices: [],
      usage: {
        prompt_tokens: 6_100,
        completion_tokens: 100,
        total_tokens: 6_200,
        cache_creation_input_tokens: 2_000,
        prompt_tokens_details: {
          cached_tokens: 4_000,
          cache_creation_token_details: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 2_000 },
        },
      },
    }),
    '0.015',
  ],
  [
    'LangChain, 1,500 for five minutes at 3.75: 100 × 3 + 4k × 0.30 + 1,500 × 3.75 + 500 × 6 + 100 × 15',
    answered('anthropic', 'claude-sonnet-4-5', {
      usage_metadata: {
        input_tokens: 6_100,
        output_tokens: 100,
        total_tokens: 6_200,
        input_token_details: {
          cache_read: 4_000,
          cache_creation: 0,
          ephemeral_5m_input_tokens: 1_500,
          ephemeral_1h_input_tokens: 500,
        },
      },
    }),
    '0.011625',
  ],
  [
    'AI SDK 6: 100 × 3 + 4k × 0.30 + 2k × 3.75 + 100 × 15',
    answered('anthropic', 'claude-sonnet-4-5', {
      usage: {
        inputTokens: 6_100,
        inputTokenDetails: { noCacheTokens: 100, cacheReadTokens: 4_000, cacheWriteTokens: 2_000 },
        outputTokens: 100,
        totalTokens: 6_200,
      },
    }),
    '0.0105',
  ],
  [
    'Bedrock has no price of an hour in the list',
    answered('aws', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', {
      usage: {
        inputTokens: 100,
        outputTokens: 100,
        totalTokens: 2_200,
        cacheWriteInputTokens: 2_000,
        cacheDetails: [{ ttl: '1h', inputTokens: 2_000 }],
      },
    }),
    'no_price',
  ],
  [
    'a gateway that leaves the cache out of prompt_tokens: 100 × 3 + 1k × 0.30 + 20 × 15',
    answered('anthropic', 'claude-sonnet-4-5', {
      usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 1_120, cache_read_input_tokens: 1_000 },
    }),
    '0.0009',
  ],
  [
    'one that has it in input_tokens, as the total says: 100 × 3 + 900 × 0.30 + 100 × 15',
    logged('anthropic', 'claude-sonnet-4-5', {
      usage: { input_tokens: 1_000, cache_read_input_tokens: 900, output_tokens: 100, total_tokens: 1_100 },
    }),
    '0.00207',
  ],
  [
    'counts as texts, 2.50 / 1.25 / 10: 100 × 2.50 + 900 × 1.25 + 100 × 10',
    answered('openai', 'gpt-4o', {
      usage: {
        prompt_tokens: '1000',
        completion_tokens: '100',
        total_tokens: '1100',
        prompt_tokens_details: { cached_tokens: '900' },
      },
    }),
    '0.002375',
  ],
  // Other units
  [
    'Cohere bills less than its models read, 0.15 / 0.60: 100 × 0.15 + 50 × 0.60',
    answered('cohere', 'command-r-08-2024', {
      usage: {
        billed_units: { input_tokens: 100, output_tokens: 50 },
        tokens: { input_tokens: 600, output_tokens: 60 },
      },
    }),
    '0.000045',
  ],
  [
    'an embedding by Cohere, 0.12',
    { ...answered('cohere', 'embed-v4.0', { meta: { billed_units: { input_tokens: 1_000 } } }), endpoint: 'embed' },
    '0.00012',
  ],
  [
    'and one of images, which are billed apart',
    answered('cohere', 'embed-v4.0', { meta: { billed_units: { input_tokens: 1_000, images: 1 } } }),
    'no_price',
  ],
  [
    'summaries of Anthropic, which are not in the counts above them',
    ofThousands(
      'anthropic',
      'claude-opus-4-6',
      withUsage({ iterations: [{ type: 'compaction', input_tokens: 180_000 }, { type: 'message' }] }),
    ),
    'no_price',
  ],
  [
    'one message after the other, 5 / 25: 5,000 + 25,000',
    ofThousands('anthropic', 'claude-opus-4-6', withUsage({ iterations: [{ type: 'message' }] })),
    '0.03',
  ],
  [
    'throughput that was paid before',
    logged('google', 'gemini-2.5-flash', { usage_metadata: { traffic_type: 'PROVISIONED_THROUGHPUT' } }),
    'no_price',
  ],
  [
    'a tier of Bedrock that was asked for',
    ofThousands('aws', 'amazon.nova-lite-v1:0', { parameters: { serviceTier: { type: 'priority' } } }),
    'no_price',
  ],
  [
    "a key of the caller's own, and its provider's bill not told",
    ofThousands('openrouter', 'openai/gpt-4o', withUsage({ cost: 0, is_byok: true, prompt_tokens: 1_000 })),
    'no_price',
  ],
  // Fees
  [
    'a tool of the AI SDK',
    ofThousands('openai', 'gpt-5-mini', { tools: [{ type: 'provider-defined', id: 'openai.web_search' }] }),
    'no_price',
  ],
  [
    'a tool of OpenRouter',
    ofThousands('openrouter', 'openai/gpt-4o', { tools: [{ type: 'openrouter:web_search' }] }),
    'no_price',
  ],
  ['a tool of Groq', ofThousands('groq', 'openai/gpt-oss-120b', { tools: [{ type: 'browser_search' }] }), 'no_price'],
  [
    'the AI SDK, where the provider searched',
    ofThousands('anthropic', 'claude-sonnet-4-5', {
      response: { content: [{ type: 'tool-call', toolName: 'web_search', providerExecuted: true }] },
    }),
    'no_price',
  ],
  [
    'where the caller did: 3,000 + 15,000',
    ofThousands('anthropic', 'claude-sonnet-4-5', {
      response: { content: [{ type: 'tool-call', toolName: 'web_search' }] },
    }),
    '0.018',
  ],
  [
    'sources that the AI SDK tells',
    ofThousands('google', 'gemini-2.5-flash', { response: { content: [{ type: 'source', sourceType: 'url' }] } }),
    'no_price',
  ],
  [
    'a search among blocks of LangChain: 2,250 + 10,000',
    ofThousands('openai', 'gpt-5-mini', { response: { content: [{ type: 'web_search_call' }] } }),
    '0.01225',
  ],
  [
    'a function among them: 2,250',
    ofThousands('openai', 'gpt-5-mini', { response: { content: [{ type: 'tool_call', name: 'web_search' }] } }),
    '0.00225',
  ],
  [
    'grounding by LiteLLM',
    ofThousands('litellm', 'gemini/gemini-2.5-flash', { response: { choices: [], ...grounded } }),
    'no_price',
  ],
  [
    'its count of searches',
    ofThousands('litellm', 'gemini/gemini-2.5-flash', withUsage({ prompt_tokens_details: { web_search_requests: 1 } })),
    'no_price',
  ],
  [
    'a search of Moonshot',
    ofThousands('moonshotai', 'kimi-k2.5', {
      response: {
        choices: [{ message: { tool_calls: [{ type: 'builtin_function', function: { name: '$web_search' } }] } }],
      },
    }),
    'no_price',
  ],
  [
    'a search of Mistral',
    ofThousands('mistral', 'mistral-large-2512', withUsage({ connectors: { web_search: 1 } })),
    'no_price',
  ],
  [
    'a run of an assistant, which does not show what was called',
    ofThousands('openai', 'gpt-4o', { response: { object: 'thread.run', tools: [{ type: 'file_search' }] } }),
    'no_price',
  ],
  ['a tool without a list', ofThousands('google', 'gemini-2.5-flash', { tools: { google_search: {} } }), 'no_price'],
  [
    "a tool in Gemini's config",
    ofThousands('google', 'gemini-2.5-flash', { parameters: { config: { tools: [{ google_search: {} }] } } }),
    'no_price',
  ],
  [
    'a plugin that Python sends besides',
    ofThousands('openrouter', 'openai/gpt-4o', { parameters: { extra_body: { plugins: [{ id: 'web' }] } } }),
    'no_price',
  ],
  ...(
    [
      { response_metadata: { grounding_metadata: { web_search_queries: ['news'] } } },
      { providerMetadata: { google: { groundingMetadata: { webSearchQueries: ['news'] } } } },
    ] as const
  ).map((response): GoldenCost => [
    `grounding in ${Object.keys(response)[0]}`,
    ofThousands('google', 'gemini-2.5-flash', { response: response as unknown as JsonObject }),
    'no_price',
  ]),
  ['a tool of Bedrock', ofThousands('aws', 'amazon.nova-lite-v1:0', { tools: [{ systemTool: {} }] }), 'no_price'],
  [
    "flex in LangChain's words, half of 2,250",
    ofThousands('openai', 'gpt-5-mini', { response: { response_metadata: { service_tier: 'flex' } } }),
    '0.001125',
  ],
  [
    'flex that Python asks for besides',
    ofThousands('openai', 'gpt-5-mini', { parameters: { extra_body: { service_tier: 'flex' } } }),
    'no_price',
  ],
  // Answers in pieces
  [
    "a list of Gemini's chunks, the last with the counts: 1k × 0.30 + 100 × 2.50",
    answered('google', 'gemini-2.5-flash', [
      { candidates: [{}], usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 2 } },
      { candidates: [{}], usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 100 } },
    ]),
    '0.00055',
  ],
  [
    'one of which says that it searched',
    answered('google', 'gemini-2.5-flash', [
      { candidates: [{ groundingMetadata: { searchEntryPoint: { renderedContent: '<div>' } } }] },
      { candidates: [{}], usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 100 } },
    ]),
    'no_price',
  ],
  [
    'chunks of a chat, with sources',
    ofThousands('openai', 'gpt-4o', {
      response: [{ choices: [{ delta: { annotations: [{ type: 'url_citation' }] } }] }],
    }),
    'no_price',
  ],
  [
    'chunks of which the last names the price',
    ofThousands('openrouter', 'openai/gpt-4o', {
      response: [{ choices: [] }, { choices: [], usage: { prompt_tokens: 1_000, cost: 0.05 } }],
    }),
    '0.05',
  ],
  [
    'events of Anthropic: 3,000 + 15,000 + 10,000',
    ofThousands('anthropic', 'claude-sonnet-4-5', {
      response: [{ type: 'content_block_start', content_block: { type: 'server_tool_use', name: 'web_search' } }],
    }),
    '0.028',
  ],
  [
    'the last event of Responses, a search by flex: 2,250 / 2 + 10,000',
    ofThousands('openai', 'gpt-5-mini', {
      response: {
        type: 'response.completed',
        response: { service_tier: 'flex', output: [{ type: 'web_search_call' }], usage: { input_tokens: 1_000 } },
      },
    }),
    '0.011125',
  ],
  // Long calls whose price the list does not have
  [
    'claude-sonnet-4 with 200k, 3 / 15: 600,000 + 15,000',
    ofThousands('anthropic', 'claude-sonnet-4-20250514', { input_tokens: 200_000 }),
    '0.615',
  ],
  ...(
    [
      ['anthropic', 'claude-sonnet-4-20250514'],
      ['google', 'claude-sonnet-4@20250514'],
      ['openrouter', 'anthropic/claude-sonnet-4'],
      ['aws', 'us.anthropic.claude-sonnet-4-20250514-v1:0'],
      ['aws', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ] as const
  ).map(([provider, model]): GoldenCost => [
    `${model} above 200k by ${provider}, which costs twice as much`,
    ofThousands(provider, model, { input_tokens: 200_001 }),
    'no_price',
  ]),
];

test.each(GOLDEN)('%s', (_, call, expected, at = GOLDEN_TIME) => {
  const { cost_usd, cost_status } = priceRequest(call, new Date(at));
  expect(cost_usd ?? cost_status).toBe(expected);
});
