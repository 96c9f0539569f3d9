/**
 * Costs of what is beside plain tokens, worked out by hand from the list prices of the providers. Prices are dollars for a
 * million tokens, so that the arithmetic beside each is in millionths of a dollar; `k` is a thousand.
 */
import {
  aCallOfThousands,
  aGoogleCall,
  anAnthropicCall,
  anUncachedCall,
  aPricedCall,
  GOLDEN_TIME,
  type GoldenCost,
  withUsage,
} from '#tests/support/pricedCall';
import type { PricedCall } from './call.ts';
import { priceRequest } from './cost.ts';

const answer = (...output: object[]) => ({ response: { object: 'response', output } as PricedCall['response'] });
const blocks = (...content: object[]) => ({ response: { type: 'message', content } as PricedCall['response'] });
const audioMessage = [
  { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] },
];

const aTranscription = (model: string, fields: Partial<PricedCall>) =>
  anUncachedCall({ model, endpoint: 'audio.transcriptions', input_tokens: null, output_tokens: null, ...fields });

const GOLDEN: GoldenCost[] = [
  // Searches and other fees: gpt-5-mini 1k × 0.25 + 1k × 2 = 2,250
  [
    'a search that was offered and not made',
    aCallOfThousands('gpt-5-mini', { tools: [{ type: 'web_search' }], ...answer() }),
    '0.00225',
  ],
  [
    'two searches at 10 for a thousand: 2,250 + 20,000',
    aCallOfThousands(
      'gpt-5-mini',
      answer({ type: 'web_search_call' }, { type: 'web_search_call', status: 'completed' }),
    ),
    '0.02225',
  ],
  [
    'reading a page that was found is no search: 2,250 + 10,000',
    aCallOfThousands(
      'gpt-5-mini',
      answer(
        { type: 'web_search_call', action: { type: 'search' } },
        { type: 'web_search_call', action: { type: 'open_page' } },
      ),
    ),
    '0.01225',
  ],
  [
    'an offered search, and no answer that shows whether it was made',
    aCallOfThousands('gpt-5-mini', { tools: [{ type: 'web_search' }] }),
    'no_price',
  ],
  [
    'a function of the caller that is called web_search has no fee',
    aCallOfThousands('gpt-5-mini', { tools: [{ type: 'function', function: { name: 'web_search' } }] }),
    '0.00225',
  ],
  [
    'gpt-4o with web_search: 2,500 + 10,000 + 10,000',
    aCallOfThousands('gpt-4o', { tools: [{ type: 'web_search' }], ...answer({ type: 'web_search_call' }) }),
    '0.0225',
  ],
  [
    'web_search_preview of a model that does not reason has another fee',
    aCallOfThousands('gpt-4o', { tools: [{ type: 'web_search_preview' }], ...answer({ type: 'web_search_call' }) }),
    'no_price',
  ],
  [
    'gpt-4.1-mini is billed a block of tokens for each search',
    aCallOfThousands('gpt-4.1-mini', { tools: [{ type: 'web_search' }], ...answer({ type: 'web_search_call' }) }),
    'no_price',
  ],
  [
    'gpt-4o with one file search at 2.50 for a thousand: 12,500 + 2,500',
    aCallOfThousands('gpt-4o', answer({ type: 'file_search_call' })),
    '0.015',
  ],
  ['a container for code', aCallOfThousands('gpt-5', answer({ type: 'code_interpreter_call' })), 'no_price'],
  [
    'a picture drawn by another model',
    aCallOfThousands('gpt-5', answer({ type: 'image_generation_call' })),
    'no_price',
  ],
  [
    'a tool of the provider that nobody knows yet',
    aCallOfThousands('gpt-5', answer({ type: 'teleport_call' })),
    'no_price',
  ],
  [
    'a function that the caller runs: 1,250 + 10,000',
    aCallOfThousands('gpt-5', answer({ type: 'function_call' })),
    '0.01125',
  ],
  [
    'a search model bills each request',
    aCallOfThousands('gpt-4o-search-preview', { parameters: { web_search_options: {} } }),
    'no_price',
  ],
  [
    'Azure takes its own price for a search',
    aCallOfThousands('gpt-5-mini', { provider: 'azure', ...answer({ type: 'web_search_call' }) }),
    'no_price',
  ],
  [
    'claude-sonnet-4-5 with 3 searches: 34,200 + 30,000',
    anAnthropicCall(withUsage({ server_tool_use: { web_search_requests: 3 } })),
    '0.0642',
  ],
  [
    'a batch halves the tokens, not the searches: 17,100 + 30,000',
    anAnthropicCall(withUsage({ service_tier: 'batch', server_tool_use: { web_search_requests: 3 } })),
    '0.0471',
  ],
  [
    'searches counted in the answer; one ended in an error: 34,200 + 10,000',
    anAnthropicCall(
      blocks(
        { type: 'server_tool_use', name: 'web_search' },
        { type: 'web_search_tool_result', content: [] },
        { type: 'server_tool_use', name: 'web_search' },
        { type: 'web_search_tool_result', content: { type: 'web_search_tool_result_error' } },
      ),
    ),
    '0.0442',
  ],
  ['web_fetch is free', anAnthropicCall(blocks({ type: 'server_tool_use', name: 'web_fetch' })), '0.0342'],
  [
    'code that ran on their server',
    anAnthropicCall(blocks({ type: 'server_tool_use', name: 'code_execution' })),
    'no_price',
  ],
  [
    'grounding, of which some is free each day',
    aGoogleCall({ response: { candidates: [{ groundingMetadata: { webSearchQueries: ['news'] } }] } }),
    'no_price',
  ],
  [
    'nothing was searched',
    aGoogleCall({ tools: [{ googleSearch: {} }], response: { candidates: [{ content: {} }] } }),
    '0.018',
  ],
  [
    'sonar 1 / 1 with the fee of a large context: 1,000 + 1,000 + 12,000',
    aCallOfThousands('sonar', { provider: 'perplexity', ...withUsage({ search_context_size: 'high' }) }),
    '0.014',
  ],
  [
    'sonar with another context',
    aCallOfThousands('sonar', { provider: 'perplexity', ...withUsage({ search_context_size: 'low' }) }),
    'no_price',
  ],
  [
    'sonar by a router whose list has no fee',
    aCallOfThousands('perplexity/sonar', { provider: 'openrouter' }),
    'no_price',
  ],
  [
    'sources that xAI searched',
    aCallOfThousands('grok-4', { provider: 'x-ai', ...withUsage({ num_sources_used: 4 }) }),
    'no_price',
  ],
  [
    'tools that xAI ran, by name',
    aCallOfThousands('grok-4', {
      provider: 'x-ai',
      ...withUsage({ server_side_tool_usage_details: { web_search_calls: 2 } }),
    }),
    'no_price',
  ],
  [
    'tools that xAI did not run: 3,000 + 15,000',
    aCallOfThousands('grok-4', {
      provider: 'x-ai',
      ...withUsage({ server_side_tool_usage_details: { web_search_calls: 0 } }),
    }),
    '0.018',
  ],
  // Cache writes
  ['claude-sonnet-4-5 3 / 0.30 / 15: 18,000 + 1,200 + 15,000', anAnthropicCall(), '0.0342'],
  ['2k written at 3.75: 12,000 + 1,200 + 7,500 + 15,000', anAnthropicCall({ cache_write_tokens: 2_000 }), '0.0357'],
  [
    '2k written for an hour at 6: 12,000 + 1,200 + 12,000 + 15,000',
    anAnthropicCall({
      cache_write_tokens: 2_000,
      ...withUsage({ cache_creation: { ephemeral_1h_input_tokens: 2_000 } }),
    }),
    '0.0402',
  ],
  [
    '500 of the 2k for an hour: 12,000 + 1,200 + 5,625 + 3,000 + 15,000',
    anAnthropicCall({
      cache_write_tokens: 2_000,
      ...withUsage({ cache_creation: { ephemeral_1h_input_tokens: 500 } }),
    }),
    '0.036825',
  ],
  [
    'an hour was asked for, and how much of it is not told',
    anAnthropicCall({
      cache_write_tokens: 2_000,
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
      ],
    }),
    'no_usage',
  ],
  [
    'Bedrock: the list has no price of an hour',
    anAnthropicCall({
      provider: 'bedrock',
      model: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
      cache_write_tokens: 2_000,
      ...withUsage({ cache_creation: { ephemeral_1h_input_tokens: 2_000 } }),
    }),
    'no_price',
  ],
  // Sound
  [
    'gpt-audio 2.50 / 32 / 10 / 64: 600 × 2.50 + 400 × 32 + 200 × 10 + 300 × 64 = 1,500 + 12,800 + 2,000 + 19,200',
    anUncachedCall({
      model: 'gpt-audio',
      input_tokens: 1_000,
      audio_input_tokens: 400,
      output_tokens: 500,
      audio_output_tokens: 300,
    }),
    '0.0355',
  ],
  ['gpt-audio, where nobody says how much is sound', aCallOfThousands('gpt-audio'), 'no_usage'],
  [
    'gpt-4o-audio-preview has a price for text alone in the list',
    aCallOfThousands('gpt-4o-audio-preview', { audio_input_tokens: 400, audio_output_tokens: 300 }),
    'no_price',
  ],
  [
    'gpt-realtime, cached sound: 300 × 4 + 100 × 0.40 + 200 × 32 + 400 × 0.40 + 500 × 64 = 1,200 + 40 + 6,400 + 160 + 32,000',
    aPricedCall({
      model: 'gpt-realtime',
      input_tokens: 1_000,
      cached_input_tokens: 500,
      audio_input_tokens: 600,
      output_tokens: 500,
      audio_output_tokens: 500,
      ...withUsage({ input_token_details: { cached_tokens_details: { audio_tokens: 400 } } }),
    }),
    '0.0398',
  ],
  [
    'how much of the sound was cached is not told',
    aPricedCall({ model: 'gpt-realtime', audio_input_tokens: 600, audio_output_tokens: 500 }),
    'no_usage',
  ],
  [
    'gemini-2.5-flash 0.30 / 1 / 2.50: 1k × 0.30 + 1k × 1 + 500 × 2.50',
    aGoogleCall({
      model: 'gemini-2.5-flash',
      input_tokens: 2_000,
      cached_input_tokens: 0,
      audio_input_tokens: 1_000,
      output_tokens: 500,
    }),
    '0.00255',
  ],
  [
    'the same, told by Gemini itself',
    aGoogleCall({
      model: 'gemini-2.5-flash',
      input_tokens: 2_000,
      cached_input_tokens: 0,
      output_tokens: 500,
      response: { usageMetadata: { promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 1_000 }] } },
    }),
    '0.00255',
  ],
  [
    'a sound was sent, and its tokens are not told',
    aGoogleCall({ model: 'gemini-2.5-flash', messages: audioMessage }),
    'no_usage',
  ],
  [
    'gpt-4o-mini-tts 0.60 / 12: 100 × 0.60 + 1k × 12',
    anUncachedCall({ model: 'gpt-4o-mini-tts', input_tokens: 100, audio_output_tokens: 1_000 }),
    '0.01206',
  ],
  [
    'gpt-4o-transcribe 6 / 10: 1k × 6 + 100 × 10',
    anUncachedCall({ model: 'gpt-4o-transcribe', input_tokens: 1_000, audio_input_tokens: 1_000, output_tokens: 100 }),
    '0.007',
  ],
  ['whisper-1 is billed by what it hears, which is not told', aCallOfThousands('whisper-1'), 'no_usage'],
  ['whisper-1 0.36 an hour, a minute: 60 × 0.0001', aTranscription('whisper-1', { media_seconds: 60 }), '0.006'],
  [
    'as its answer bills it: 9 × 0.0001',
    aTranscription('whisper-1', { response: { text: 'Hi', duration: 8.47, usage: { type: 'duration', seconds: 9 } } }),
    '0.0009',
  ],
  [
    'begun seconds, where the answer only measures: 9 × 0.0001',
    aTranscription('whisper-1', { response: { text: 'Hi', duration: 8.47 } }),
    '0.0009',
  ],
  ['gpt-transcribe 0.27 an hour, forty minutes', aTranscription('gpt-transcribe', { media_seconds: 2_400 }), '0.18'],
  [
    'Whisper by Groq, 0.111 an hour: 3,600 s',
    aTranscription('whisper-large-v3', { provider: 'groq', media_seconds: 3_600 }),
    '0.111',
  ],
  [
    'Groq bills ten seconds at least: 10 × 0.04 / 3,600',
    aTranscription('whisper-large-v3-turbo', { provider: 'groq', media_seconds: 2 }),
    '0.000111111111',
  ],
  [
    'Voxtral 0.18 an hour, 203 s as its usage says: 203 × 0.00005',
    aTranscription('voxtral-mini-2602', {
      provider: 'mistral',
      response: { text: 'Hi', usage: { prompt_audio_seconds: 203, prompt_tokens: 4, completion_tokens: 635 } },
    }),
    '0.01015',
  ],
  ['silence', aTranscription('whisper-1', { media_seconds: 0 }), '0'],
  [
    'a tier that nobody sells it by',
    aTranscription('whisper-1', { media_seconds: 60, service_tier: 'flex' }),
    'no_price',
  ],
  ['and says no tokens', anUncachedCall({ model: 'whisper-1', input_tokens: null, output_tokens: null }), 'no_usage'],
  // Images
  [
    'gpt-image-1 5 / 40: 10 × 5 + 1,056 × 40',
    anUncachedCall({
      model: 'gpt-image-1',
      endpoint: 'images.generate',
      messages: 'A red circle',
      input_tokens: 10,
      output_tokens: 1_056,
    }),
    '0.04229',
  ],
  [
    'gpt-image-1 with a picture sent at 10: 10 × 5 + 200 × 10 + 1,056 × 40',
    anUncachedCall({
      model: 'gpt-image-1',
      endpoint: 'images.edit',
      input_tokens: 210,
      output_tokens: 1_056,
      ...withUsage({ input_tokens_details: { text_tokens: 10, image_tokens: 200 } }),
    }),
    '0.04429',
  ],
  [
    'a picture was sent, and its tokens are not told',
    anUncachedCall({ model: 'gpt-image-1', endpoint: 'images.edit', input_tokens: 210, output_tokens: 1_056 }),
    'no_usage',
  ],
  [
    'gpt-image-1.5 5 / 10 / 32: 10 × 5 + 50 × 10 + 1k × 32',
    anUncachedCall({
      model: 'gpt-image-1.5',
      endpoint: 'images.generate',
      input_tokens: 10,
      output_tokens: 1_050,
      ...withUsage({ output_tokens_details: { text_tokens: 50, image_tokens: 1_000 } }),
    }),
    '0.03255',
  ],
  [
    'gemini-2.5-flash-image 0.30 / 2.50 / 30: 10 × 0.30 + 10 × 2.50 + 1,290 × 30',
    aGoogleCall({
      model: 'gemini-2.5-flash-image',
      input_tokens: 10,
      cached_input_tokens: 0,
      output_tokens: 1_300,
      response: { usageMetadata: { candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }] } },
    }),
    '0.038728',
  ],
  [
    'how much of it is a picture is not told',
    aGoogleCall({ model: 'gemini-2.5-flash-image', cached_input_tokens: 0 }),
    'no_usage',
  ],
  [
    'by a router that has a price for text alone',
    aCallOfThousands('google/gemini-2.5-flash-image', { provider: 'openrouter' }),
    'no_usage',
  ],
];

test.each(GOLDEN)('%s', (_, call, expected, at = GOLDEN_TIME) => {
  const { cost_usd, cost_status } = priceRequest(call, new Date(at));
  expect(cost_usd ?? cost_status).toBe(expected);
});
