/**
 * Costs of answers inside of what a library makes of them, and of several calls that it made for one answer, worked out by
 * hand; see goldenCosts.test.ts for the arithmetic.
 */
import { bodyOf } from '#shared/conversation/answerBody';
import { readResponseModel } from '#shared/conversation/responseModel';
import { readUsage } from '#shared/conversation/usage';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { GOLDEN_TIME } from '#tests/support/pricedCall';
import { priceRequest } from './cost.ts';

/** As a log that has no counts of its own is stored. */
function costOf(provider: string, model: string, response: JsonValue): string {
  const call = { provider, model, messages: [], response, ...readUsage(response) };
  const { cost_usd, cost_status } = priceRequest(call, new Date(GOLDEN_TIME));
  return cost_usd ?? cost_status;
}

const counts = {
  prompt_tokens: 1_000,
  completion_tokens: 100,
  total_tokens: 1_100,
  prompt_tokens_details: { cached_tokens: 500 },
};
const camelCounts = { promptTokens: 1_000, completionTokens: 100, totalTokens: 1_100 };
const message = {
  type: 'ai',
  content: 'Hi',
  response_metadata: { token_usage: counts, model_name: 'gpt-4o-mini-2024-07-18' },
  usage_metadata: {
    input_tokens: 1_000,
    output_tokens: 100,
    total_tokens: 1_100,
    input_token_details: { cache_read: 500 },
  },
};
const dumped = { lc: 1, type: 'constructor', id: ['langchain_core', 'messages', 'AIMessage'], kwargs: message };
const llmOutput = { token_usage: counts, model_name: 'gpt-4o-mini' };
const completion = {
  object: 'chat.completion',
  choices: [{ message: { role: 'assistant', content: 'Hi' } }],
  usage: counts,
};
const meta = { model: 'gpt-4o-mini-2024-07-18', usage: counts };

/** 0.15 / 0.075 / 0.60: 75 + 37.5 + 60. */
const CACHED = '0.0001725';
/** 150 + 60. */
const PLAIN = '0.00021';

test.each<[string, JsonValue, string]>([
  ['a message of LangChain as its constructor', dumped, CACHED],
  [
    'one without counts of its own',
    { ...dumped, kwargs: { content: 'Hi', response_metadata: { token_usage: counts } } },
    CACHED,
  ],
  ['one of LangChain for JavaScript', { content: 'Hi', response_metadata: { tokenUsage: camelCounts } }, PLAIN],
  ['a result of LangChain', { generations: [[{ text: 'Hi', message }]], llm_output: llmOutput }, CACHED],
  [
    'one whose message is a constructor',
    { generations: [[{ text: 'Hi', message: dumped }]], llm_output: null },
    CACHED,
  ],
  ['one of a model of texts', { generations: [[{ text: 'Hi' }]], llmOutput: { tokenUsage: camelCounts } }, PLAIN],
  [
    'one with two choices',
    {
      generations: [
        [
          { text: 'Hi', message },
          { text: 'Ho', message },
        ],
      ],
      llm_output: llmOutput,
    },
    CACHED,
  ],
  ['a generation', { text: 'Hi', type: 'ChatGeneration', message }, CACHED],
  ['what was asked for as an object', { raw: message, parsed: { a: 1 }, parsing_error: null }, CACHED],
  ['LlamaIndex', { message: { role: 'assistant', blocks: [] }, raw: completion }, CACHED],
  ['Haystack', { replies: [{ _role: 'assistant', _content: [{ text: 'Hi' }], _meta: meta }] }, CACHED],
  ['a generator of Haystack', { replies: ['Hi'], meta: [meta] }, CACHED],
  [
    'LangChain for Java',
    { aiMessage: { text: 'Hi' }, metadata: { tokenUsage: { inputTokenCount: 1_000, outputTokenCount: 100 } } },
    PLAIN,
  ],
  ['Spring AI', { result: { output: { text: 'Hi' } }, metadata: { usage: camelCounts } }, PLAIN],
  [
    "a run of OpenAI's Agents",
    {
      output: [],
      usage: {
        inputTokens: 1_000,
        outputTokens: 100,
        inputTokensDetails: [{ cached_tokens: 200 }, { cached_tokens: 300 }],
      },
    },
    CACHED,
  ],
  ['a list of one message', [dumped], CACHED],
  ['a message as JSON text', JSON.stringify(message), CACHED],
  ['a constructor as JSON text', JSON.stringify(dumped), CACHED],
  ['a result as JSON text', JSON.stringify({ generations: [[{ text: 'Hi', message }]], llm_output: null }), CACHED],
])('%s', (_, response, expected) => {
  expect(costOf('openai', 'gpt-4o-mini', response)).toBe(expected);
});

test('what a model wrote as JSON is no answer of a library', () => {
  const steps = { steps: [{ error: { message: 'No' } }] };
  const replies = { replies: [{ meta: { usage: 'No' } }] };
  expect(bodyOf(steps)).toBe(steps);
  expect(bodyOf(replies)).toBe(replies);
});

test('the model that answered is found there', () => {
  expect(readResponseModel(dumped)).toBe('gpt-4o-mini-2024-07-18');
  expect(readResponseModel({ replies: ['Hi'], meta: [meta] })).toBe('gpt-4o-mini-2024-07-18');
});

test('counts beside a message that has none: 100 × 3 + 4k × 0.30 + 2k × 3.75 + 100 × 15', () => {
  const usage = {
    input_tokens: 100,
    cache_read_input_tokens: 4_000,
    cache_creation_input_tokens: 2_000,
    output_tokens: 100,
  };
  const generations = [[{ text: 'Hi', message: { ...dumped, kwargs: { content: 'Hi', response_metadata: {} } } }]];
  const result = { generations, llm_output: { model: 'claude-sonnet-4-5-20250929', usage } };
  expect(costOf('anthropic', 'claude-sonnet-4-5', result)).toBe('0.0105');
});

test.each<[string, JsonObject]>([
  ['one', { value: 'Hi', embedding: [0.1], usage: { tokens: 1_000 } }],
  ['several', { values: ['Hi'], embeddings: [[0.1]], usage: { tokens: 1_000 } }],
])('vectors of the AI SDK, %s, 0.02', (_, response) => {
  expect(costOf('openai', 'text-embedding-3-small', response)).toBe('0.00002');
});

test('a search that was made is billed there, too', () => {
  const content: JsonValue[] = [
    { type: 'web_search_call', status: 'completed' },
    { type: 'text', text: 'Hi' },
  ];
  const wrapped = { ...dumped, kwargs: { ...message, content } };
  // 0.25 / 0.025 / 2 and 10 for a thousand: 125 + 12.5 + 200 + 10,000.
  expect(costOf('openai', 'gpt-5-mini', wrapped)).toBe('0.0103375');
});

test.each([
  // 0.30 / 2.50: 300 + 900 × 2.50.
  [
    'the AI SDK 5 of Gemini',
    'gemini-2.5-flash',
    { inputTokens: 1_000, outputTokens: 500, reasoningTokens: 400, totalTokens: 1_900 },
    '0.00255',
  ],
  [
    'Genkit',
    'gemini-2.5-flash',
    { inputTokens: 1_000, outputTokens: 500, thoughtsTokens: 400, totalTokens: 1_900 },
    '0.00255',
  ],
  [
    'where they are in the output',
    'gemini-2.5-flash',
    { inputTokens: 1_000, outputTokens: 500, reasoningTokens: 400, totalTokens: 1_500 },
    '0.00155',
  ],
])('thoughts beside the output: %s', (_, model, usage, expected) => {
  expect(costOf('google', model, { text: 'Hi', usage })).toBe(expected);
  const logged = {
    provider: 'google',
    model,
    messages: [],
    response: { usage },
    input_tokens: 1_000,
    output_tokens: 500,
  };
  expect(priceRequest(logged, new Date(GOLDEN_TIME)).cost_usd).toBe(expected);
});

describe('several calls for one answer of the AI SDK', () => {
  const step = (usage: JsonObject, providerMetadata: JsonObject): JsonObject => ({
    text: '',
    content: [],
    usage,
    providerMetadata,
  });
  const ofSdk4 = (input: number, output: number) => ({
    promptTokens: input,
    completionTokens: output,
    totalTokens: input + output,
  });
  const ofSdk5 = (input: number, output: number) => ({
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + output,
  });
  const anthropic = (written: number, read: number) => ({
    anthropic: { cacheCreationInputTokens: written, cacheReadInputTokens: read },
  });

  test('version 4 tells of the cache of the last alone: 250 × 3 + 2k × 0.30 + 2.3k × 3.75 + 110 × 15', () => {
    const last = anthropic(300, 2_000);
    const steps = [step(ofSdk4(100, 50), anthropic(2_000, 0)), step(ofSdk4(150, 60), last)];
    const whole = { text: 'Hi', usage: ofSdk4(250, 110), providerMetadata: last, steps };
    expect(costOf('anthropic', 'claude-sonnet-4-5', whole)).toBe('0.011625');
  });

  test('version 5 tells the usage of the last alone, and as JSON that of all: 3k × 0.15 + 300 × 0.60', () => {
    const steps = [step(ofSdk5(1_000, 100), {}), step(ofSdk5(2_000, 200), {})];
    const totalUsage = ofSdk5(3_000, 300);
    expect(costOf('openai', 'gpt-4o-mini', { text: 'Hi', usage: ofSdk5(2_000, 200), steps })).toBe('0.00063');
    expect(costOf('openai', 'gpt-4o-mini', { steps, totalUsage })).toBe('0.00063');
    expect(costOf('openai', 'gpt-4o-mini', { text: 'Hi', usage: ofSdk5(2_000, 200), totalUsage })).toBe('0.00063');
    expect(costOf('openai', 'gpt-4o-mini', { steps: steps.slice(1), totalUsage: ofSdk5(2_000, 200) })).toBe('0.00042');
  });

  test('a long call has a price of its own, and several short ones do not: 240k × 3 + 200 × 15', () => {
    const ofTwo = (one: number, other: number): JsonObject => ({
      text: 'Hi',
      steps: [step(ofSdk5(one, 100), {}), step(ofSdk5(other, 100), {})],
    });
    expect(costOf('anthropic', 'claude-sonnet-4-5', ofTwo(120_000, 120_000))).toBe('0.723');
    // 20k × 3 + 100 × 15 + 220k × 6 + 100 × 22.50.
    expect(costOf('anthropic', 'claude-sonnet-4-5', ofTwo(20_000, 220_000))).toBe('1.38375');
    // 440k × 6 + 200 × 22.50.
    expect(costOf('anthropic', 'claude-sonnet-4-5', ofTwo(220_000, 220_000))).toBe('2.6445');
  });

  test('each has its own tier, fees and counts', () => {
    const tier = (serviceTier: string) => step(ofSdk5(1_000, 100), { openai: { serviceTier } });
    // Half of 250 + 200, twice.
    expect(costOf('openai', 'gpt-5-mini', { steps: [tier('flex'), tier('flex')] })).toBe('0.00045');
    expect(costOf('openai', 'gpt-5-mini', { steps: [tier('flex'), tier('default')] })).toBe('no_price');
    const raw = { input_tokens: 1_000, output_tokens: 100, server_tool_use: { web_search_requests: 1 } };
    const searched = step({ ...ofSdk5(1_000, 100), raw }, {});
    // 2k × 3 + 200 × 15, and 10 for a thousand.
    expect(costOf('anthropic', 'claude-sonnet-4-5', { steps: [searched, step(ofSdk5(1_000, 100), {})] })).toBe('0.019');
    expect(costOf('openai', 'gpt-5-mini', { steps: [tier('default'), step({}, {})] })).toBe('no_usage');
  });

  test('what a gateway bills for each of them', () => {
    const billed = (cost: string) => step(ofSdk5(1_000, 100), { gateway: { cost } });
    const answer = (steps: JsonObject[]) => ({ ...billed('0.02'), text: 'Hi', steps });
    expect(costOf('vercel', 'openai/gpt-4o-mini', answer([billed('0.01'), billed('0.02')]))).toBe('0.03');
    // 2k × 0.15 + 200 × 0.60: one price alone is not that of all.
    expect(costOf('vercel', 'openai/gpt-4o-mini', answer([step(ofSdk5(1_000, 100), {}), billed('0.02')]))).toBe(
      '0.00042',
    );
  });

  test('what one of them searched has no price that is told', () => {
    const searched = {
      ...step(ofSdk5(1_000, 100), {}),
      content: [{ type: 'source', sourceType: 'url', url: 'https://x' }],
    };
    expect(costOf('openai', 'gpt-4o-mini', { steps: [searched, step(ofSdk5(1, 1), {})] })).toBe('no_price');
    expect(costOf('openai', 'gpt-4o-mini', { text: 'Hi', usage: ofSdk4(1, 1), sources: [{ sourceType: 'url' }] })).toBe(
      'no_price',
    );
  });
});

test("LangChain's pieces and messages count together: 1,000 × 3 + 100 × 15, and twice that", () => {
  const piece = (input: number, output: number): JsonObject => ({
    type: 'AIMessageChunk',
    content: 'Hi',
    usage_metadata: { input_tokens: input, output_tokens: output, total_tokens: input + output },
  });
  expect(
    costOf('anthropic', 'claude-sonnet-4-5', [
      piece(1_000, 0),
      { type: 'AIMessageChunk', content: 'Hi' },
      piece(0, 100),
    ]),
  ).toBe('0.0045');
  expect(
    costOf('anthropic', 'claude-sonnet-4-5', [piece(1_000, 100), { type: 'tool', content: '1' }, piece(1_000, 100)]),
  ).toBe('0.009');
});
