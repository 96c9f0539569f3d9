import { parseExactJson } from '#shared/exactJson';
import type { JsonValue } from '#shared/primitives';
import { readUsage, type TokenUsage } from './usage.ts';

const NONE = {
  input_tokens: null,
  output_tokens: null,
  cached_input_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
  audio_input_tokens: null,
  audio_output_tokens: null,
};

test.each<[string, JsonValue, Partial<TokenUsage>]>([
  [
    'chat completions',
    {
      usage: {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 64, audio_tokens: 8 },
        completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 4 },
      },
    },
    {
      input_tokens: 100,
      output_tokens: 50,
      cached_input_tokens: 64,
      reasoning_tokens: 30,
      audio_input_tokens: 8,
      audio_output_tokens: 4,
    },
  ],
  [
    'Responses',
    {
      object: 'response',
      usage: {
        input_tokens: 75,
        input_tokens_details: { cached_tokens: 32 },
        output_tokens: 1186,
        output_tokens_details: { reasoning_tokens: 1024 },
        total_tokens: 1261,
      },
    },
    { input_tokens: 75, output_tokens: 1186, cached_input_tokens: 32, reasoning_tokens: 1024 },
  ],
  [
    'Perplexity, whose thoughts are in no total',
    { choices: [{}], usage: { prompt_tokens: 33, completion_tokens: 100, total_tokens: 133, reasoning_tokens: 900 } },
    { input_tokens: 33, output_tokens: 1000, reasoning_tokens: 900 },
  ],
  [
    'a chat whose output is in the total alone',
    { choices: [{}], usage: { prompt_tokens: 12, total_tokens: 512 } },
    { input_tokens: 12, output_tokens: 500 },
  ],
  [
    'a chat that tells its input alone',
    { choices: [{}], usage: { prompt_tokens: 12, total_tokens: 12 } },
    { input_tokens: 12 },
  ],
  [
    'Groq, streamed',
    { choices: [{}], x_groq: { usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 } } },
    { input_tokens: 9, output_tokens: 3 },
  ],
  [
    "Gemini's interactions, which count thoughts and tools beside",
    {
      object: 'interaction',
      usage: {
        total_input_tokens: 7,
        total_tool_use_tokens: 3,
        total_output_tokens: 20,
        total_thought_tokens: 22,
        total_cached_tokens: 4,
        total_tokens: 52,
      },
    },
    { input_tokens: 10, output_tokens: 42, cached_input_tokens: 4, reasoning_tokens: 22 },
  ],
  [
    'Moonshot, streamed',
    { choices: [{ usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110, cached_tokens: 80 } }] },
    { input_tokens: 100, output_tokens: 10, cached_input_tokens: 80 },
  ],
  [
    'Cohere, first version',
    { text: 'Hi', meta: { tokens: { input_tokens: 71, output_tokens: 7 }, billed_units: { input_tokens: 5 } } },
    { input_tokens: 71, output_tokens: 7 },
  ],
  ['Cohere, vectors', { embeddings: {}, meta: { billed_units: { input_tokens: 5 } } }, { input_tokens: 5 }],
  [
    'LangChain',
    { content: 'Hi', usage_metadata: { input_tokens: 5, output_tokens: 7, total_tokens: 12 } },
    { input_tokens: 5, output_tokens: 7 },
  ],
  ['llama.cpp', { content: 'Hi', tokens_evaluated: 5, tokens_predicted: 7 }, { input_tokens: 5, output_tokens: 7 }],
  [
    'Llama on Bedrock',
    { generation: 'Hi', prompt_token_count: 5, generation_token_count: 7 },
    { input_tokens: 5, output_tokens: 7 },
  ],
  [
    'Titan',
    { inputTextTokenCount: 5, results: [{ outputText: 'Hi', tokenCount: 7 }] },
    { input_tokens: 5, output_tokens: 7 },
  ],
  [
    'watsonx',
    { results: [{ generated_text: 'Hi', input_token_count: 5, generated_token_count: 7 }] },
    { input_tokens: 5, output_tokens: 7 },
  ],
  ['embeddings', { usage: { prompt_tokens: 8, total_tokens: 8 } }, { input_tokens: 8 }],
  [
    'xAI, whose thoughts are in the total alone',
    {
      usage: {
        prompt_tokens: 120,
        completion_tokens: 40,
        total_tokens: 1020,
        completion_tokens_details: { reasoning_tokens: 860 },
      },
    },
    { input_tokens: 120, output_tokens: 900, reasoning_tokens: 860 },
  ],
  [
    "Gemini's compatible endpoint, which does not name its thoughts",
    { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 215 } },
    { input_tokens: 10, output_tokens: 205 },
  ],
  [
    'DeepSeek',
    {
      usage: {
        prompt_tokens: 30,
        completion_tokens: 5,
        total_tokens: 35,
        prompt_cache_hit_tokens: 20,
        prompt_cache_miss_tokens: 10,
      },
    },
    { input_tokens: 30, output_tokens: 5, cached_input_tokens: 20 },
  ],
  [
    'Anthropic, whose input leaves out the cache',
    {
      type: 'message',
      usage: {
        input_tokens: 3,
        cache_creation_input_tokens: 12304,
        cache_read_input_tokens: 200,
        output_tokens: 550,
      },
    },
    { input_tokens: 12507, output_tokens: 550, cached_input_tokens: 200, cache_write_tokens: 12304 },
  ],
  [
    'a gateway that writes Anthropic in the words of chat completions',
    { usage: { prompt_tokens: 500, completion_tokens: 9, total_tokens: 509, cache_read_input_tokens: 400 } },
    { input_tokens: 500, output_tokens: 9, cached_input_tokens: 400 },
  ],
  [
    'a gateway that leaves the cache out of its prompt, as its total says',
    { usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 1_120, cache_read_input_tokens: 1_000 } },
    { input_tokens: 1_100, output_tokens: 20, cached_input_tokens: 1_000 },
  ],
  [
    'LiteLLM, which has what was written among the details',
    {
      usage: {
        prompt_tokens: 500,
        completion_tokens: 9,
        total_tokens: 509,
        prompt_tokens_details: { cached_tokens: 0, cache_creation_tokens: 400 },
      },
    },
    { input_tokens: 500, output_tokens: 9, cached_input_tokens: 0, cache_write_tokens: 400 },
  ],
  [
    'Qwen, whose cache is written on demand',
    {
      usage: {
        prompt_tokens: 500,
        completion_tokens: 9,
        total_tokens: 509,
        prompt_tokens_details: {
          cached_tokens: 0,
          cache_creation_input_tokens: 400,
          cache_creation: { ephemeral_5m_input_tokens: 400 },
        },
      },
    },
    { input_tokens: 500, output_tokens: 9, cached_input_tokens: 0, cache_write_tokens: 400 },
  ],
  [
    'LangChain',
    {
      type: 'ai',
      usage_metadata: {
        input_tokens: 500,
        output_tokens: 90,
        total_tokens: 590,
        input_token_details: { cache_read: 100, cache_creation: 0, ephemeral_5m_input_tokens: 300, audio: 7 },
        output_token_details: { reasoning: 60 },
      },
    },
    {
      input_tokens: 500,
      output_tokens: 90,
      cached_input_tokens: 100,
      cache_write_tokens: 300,
      reasoning_tokens: 60,
      audio_input_tokens: 7,
    },
  ],
  [
    'the AI SDK 6',
    {
      usage: {
        inputTokens: 500,
        inputTokenDetails: { noCacheTokens: 100, cacheReadTokens: 300, cacheWriteTokens: 100 },
        outputTokens: 90,
        outputTokenDetails: { textTokens: 30, reasoningTokens: 60 },
        totalTokens: 590,
      },
    },
    { input_tokens: 500, output_tokens: 90, cached_input_tokens: 300, cache_write_tokens: 100, reasoning_tokens: 60 },
  ],
  [
    'numbers as texts',
    { usage: { prompt_tokens: '30', completion_tokens: '5', total_tokens: '35' } },
    { input_tokens: 30, output_tokens: 5 },
  ],
  [
    'an embedding by Cohere',
    { meta: { api_version: { version: '2' }, billed_units: { input_tokens: 3 } } },
    { input_tokens: 3 },
  ],
  [
    'chunks, of which the last has the counts',
    [
      { choices: [{}], usage: null },
      { choices: [], usage: { prompt_tokens: 30, completion_tokens: 5 } },
    ],
    { input_tokens: 30, output_tokens: 5 },
  ],
  [
    'Gemini, whose thoughts stand beside the answer',
    {
      candidates: [],
      usageMetadata: {
        promptTokenCount: 40,
        cachedContentTokenCount: 16,
        candidatesTokenCount: 12,
        thoughtsTokenCount: 300,
        toolUsePromptTokenCount: 5,
        totalTokenCount: 357,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 30 },
          { modality: 'AUDIO', tokenCount: 10 },
        ],
      },
    },
    {
      input_tokens: 45,
      output_tokens: 312,
      cached_input_tokens: 16,
      reasoning_tokens: 300,
      audio_input_tokens: 10,
    },
  ],
  [
    "Gemini in Python's spelling",
    { usage_metadata: { prompt_token_count: 7, candidates_token_count: 2, total_token_count: 9 } },
    { input_tokens: 7, output_tokens: 2 },
  ],
  [
    'Bedrock, whose input leaves out the cache',
    {
      usage: {
        inputTokens: 20,
        outputTokens: 10,
        cacheReadInputTokens: 100,
        cacheWriteInputTokens: 50,
        totalTokens: 180,
      },
    },
    { input_tokens: 170, output_tokens: 10, cached_input_tokens: 100, cache_write_tokens: 50 },
  ],
  [
    'Bedrock without a cache',
    { usage: { inputTokens: 20, outputTokens: 10, totalTokens: 30 } },
    { input_tokens: 20, output_tokens: 10 },
  ],
  [
    'the AI SDK',
    { usage: { inputTokens: 20, outputTokens: 10, totalTokens: 30, cachedInputTokens: 8, reasoningTokens: 4 } },
    { input_tokens: 20, output_tokens: 10, cached_input_tokens: 8, reasoning_tokens: 4 },
  ],
  ['Cohere', { usage: { tokens: { input_tokens: 17, output_tokens: 6 } } }, { input_tokens: 17, output_tokens: 6 }],
  ['Ollama', { message: {}, prompt_eval_count: 26, eval_count: 298 }, { input_tokens: 26, output_tokens: 298 }],
  [
    'counts with a decimal point',
    parseExactJson('{"usage":{"prompt_tokens":12.0,"completion_tokens":3}}') as JsonValue,
    { input_tokens: 12, output_tokens: 3 },
  ],
])('the usage of %s', (_, response, expected) => {
  expect(readUsage(response)).toEqual({ ...NONE, ...expected });
});

test.each<[string, JsonValue | null]>([
  ['no response', null],
  ['a text', 'words'],
  ['a response without usage', { choices: [] }],
  ['a usage of nothing', { usage: {} }],
  ['a usage of null', { usage: null }],
  ['counts that are none', { usage: { prompt_tokens: -1, completion_tokens: 1.5, total_tokens: '3' } }],
])('%s has none', (_, response) => {
  expect(readUsage(response)).toBeNull();
});

test('of several messages of LangChain the counts are added up; of more than a thousand the last counts', () => {
  const list = (length: number) =>
    Array.from({ length }, () => ({ type: 'ai', content: 'a', usage_metadata: { input_tokens: 2, output_tokens: 1 } }));
  expect(readUsage(list(3))).toMatchObject({ input_tokens: 6, output_tokens: 3 });
  expect(readUsage(list(1_001))).toMatchObject({ input_tokens: 2, output_tokens: 1 });
});
