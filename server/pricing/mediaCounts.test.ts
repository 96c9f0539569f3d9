import { aPricedCall } from '#tests/support/pricedCall';
import type { PricedCall } from './call.ts';
import { countImages, countSeconds } from './mediaCounts.ts';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ';

test.each<[string, PricedCall['response'], number | null]>([
  ['OpenAI, as base64', { created: 1, data: [{ b64_json: PNG }, { b64_json: PNG }] }, 2],
  ['OpenAI, as addresses', { data: [{ url: 'https://images.example/1.png' }] }, 1],
  ['as the SDKs leave it', { data: [{ b64_json: '[base64 image/png, 1200 bytes]' }] }, 1],
  ['fal', { images: [{ url: 'https://fal.example/1.png', width: 1024 }], seed: 7 }, 1],
  ['Imagen', { predictions: [{ bytesBase64Encoded: PNG, mimeType: 'image/png' }] }, 1],
  ['Google GenAI', { generatedImages: [{ image: { imageBytes: PNG } }, { image: { imageBytes: PNG } }] }, 2],
  [
    'an item of the Responses endpoint; one that failed is none',
    {
      output: [
        { type: 'image_generation_call', result: PNG },
        { type: 'image_generation_call', status: 'failed', result: null },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Here it is.' }] },
      ],
    },
    1,
  ],
  [
    "Gemini's parts",
    {
      candidates: [{ content: { parts: [{ text: 'A cat' }, { inlineData: { mimeType: 'image/png', data: PNG } }] } }],
    },
    1,
  ],
  [
    'chat messages of OpenRouter',
    {
      choices: [
        {
          message: {
            role: 'assistant',
            content: '',
            images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }],
          },
        },
      ],
    },
    1,
  ],
  ['an answer of words has none', { choices: [{ message: { role: 'assistant', content: 'No.' } }] }, 0],
  ['a vector is no image', { data: [{ embedding: [0.1, 0.2], index: 0 }] }, 0],
  ['an answer that is not kept does not say', null, null],
])('images are counted in the answer: %s', (_, response, expected) => {
  expect(countImages(aPricedCall({ response }))).toBe(expected);
});

test('what the caller says wins over the answer', () => {
  expect(countImages(aPricedCall({ output_images: 3, response: { data: [{ b64_json: PNG }] } }))).toBe(3);
  expect(countImages(aPricedCall({ output_images: 0, response: { data: [{ b64_json: PNG }] } }))).toBe(0);
  expect(countSeconds(aPricedCall({ media_seconds: 2.5, response: { duration: 8 } }))).toBe(2.5);
});

test.each<[string, Partial<PricedCall>, number | null]>([
  ['as OpenAI bills it', { response: { text: 'Hi', usage: { type: 'duration', seconds: 9 } } }, 9],
  ['before what was measured', { response: { duration: 8.47, usage: { type: 'duration', seconds: 9 } } }, 9],
  ['beside an answer that is not kept', { metadata: { usage: { type: 'duration', seconds: 9 } } }, 9],
  ['as a transcription measures it', { response: { task: 'transcribe', duration: 8.470000267028809 } }, 8.47],
  ['of a video, as text', { response: { object: 'video', seconds: '8' } }, 8],
  ['Deepgram', { response: { metadata: { duration: 25.933313 }, results: {} } }, 25.933],
  ['the AI SDK', { response: { text: 'Hi', durationInSeconds: 3.2 } }, 3.2],
  ['Mistral', { response: { usage: { prompt_audio_seconds: 203 } } }, 203],
  ['tokens alone', { response: { usage: { input_tokens: 5, output_tokens: 2 } } }, null],
  ['a text that is no number', { response: { duration: 'long' } }, null],
  ['less than nothing', { response: { duration: -1 } }, null],
  ['nothing', {}, null],
])('seconds are read to the millisecond: %s', (_, fields, expected) => {
  expect(countSeconds(aPricedCall(fields))).toBe(expected);
});
