import type { JsonValue } from '#shared/primitives';
import type { Part } from './part.ts';
import { parseParts as partsOf } from './parseParts.ts';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const reasoning = (words: string): Part => ({ kind: 'reasoning', text: words });

test.each([
  [
    'Mistral',
    [
      {
        type: 'thinking',
        thinking: [
          { type: 'text', text: 'Oslo is ' },
          { type: 'text', text: 'north.' },
        ],
      },
    ],
  ],
  ['Bedrock', [{ reasoningContent: { reasoningText: { text: 'Oslo is \n\nnorth.' } } }]],
])('thinking of %s among the parts', (_, content) => {
  expect(partsOf(content)).toEqual([reasoning('Oslo is \n\nnorth.')]);
});

describe('pictures, sound and files', () => {
  test.each<[string, JsonValue]>([
    ['image_url with an object', { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }],
    ['image_url without a type', { image_url: { url: `DATA:image/png;base64,${PNG}` } }],
    ['input_image', { type: 'input_image', image_url: `data:image/png;base64,${PNG}` }],
    ['Anthropic', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }],
    ['the AI SDK', { type: 'image', image: `data:image/png;base64,${PNG}`, mediaType: 'image/png' }],
    ['an AI SDK file', { type: 'file', data: PNG, mediaType: 'image/png' }],
    ['Gemini', { inline_data: { mime_type: 'image/png', data: PNG } }],
    ['Bedrock', { image: { format: 'png', source: { bytes: PNG } } }],
    ['LangChain', { type: 'image', base64: PNG, mime_type: 'image/png' }],
  ])('a picture as %s writes it', (_, content) => {
    const [part] = partsOf([content]);
    expect(part).toEqual({
      kind: 'media',
      media: 'image',
      mimeType: 'image/png',
      name: null,
      location: null,
      data: PNG,
      sizeBytes: 70,
    });
  });

  test('what lies elsewhere is told by its address, a file by its name, and its size where it is held', () => {
    const [link, sound, file, uploaded] = partsOf([
      { type: 'input_image', image_url: 'https://example.com/a.png?secret=1' },
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
      { type: 'file', file: { filename: 'bill.pdf', file_data: 'data:application/pdf;base64,AAA=' } },
      { type: 'input_file', file_id: 'file-1' },
    ]);
    expect(link).toMatchObject({ media: 'image', location: 'https://example.com/a.png?secret=1', data: null });
    expect(sound).toMatchObject({ media: 'audio', mimeType: 'audio/wav', data: 'AAAA' });
    expect(file).toMatchObject({ media: 'file', mimeType: 'application/pdf', name: 'bill.pdf' });
    expect(uploaded).toMatchObject({ media: 'file', location: 'file-1' });
    expect([link, sound, file].map((part) => (part?.kind === 'media' ? part.sizeBytes : undefined))).toEqual([
      null,
      3,
      2,
    ]);
  });

  test('what was left out or cut keeps its type and size', () => {
    const [leftOut, bare, cut] = partsOf([
      { type: 'image_url', image_url: { url: '[base64 image/webp, 12345 bytes, hash 1f2e]' } },
      { type: 'input_audio', input_audio: { data: '[base64 data, 99 bytes, hash 1f2e]', format: 'mp3' } },
      { type: 'image', image: `data:image/png;base64,${PNG}… [truncated: 4000 characters]` },
    ]);
    const nothing = { location: null, data: null };
    const [plain] = partsOf([{ type: 'image_url', image_url: { url: 'data:text/plain;charset=utf-8,Hi%20du%21' } }]);
    expect(plain).toMatchObject({ ...nothing, mimeType: 'text/plain', data: null, sizeBytes: 6 });
    expect(leftOut).toMatchObject({ ...nothing, media: 'image', mimeType: 'image/webp', sizeBytes: 12_345 });
    expect(bare).toMatchObject({ ...nothing, media: 'audio', mimeType: 'audio/mp3', sizeBytes: 99 });
    expect(cut).toMatchObject({ ...nothing, media: 'image', mimeType: 'image/png', sizeBytes: 3_000 });
  });
});

test('20,000 parts are read in a moment', () => {
  const content = Array.from({ length: 20_000 }, (_, index) => ({ type: 'text', text: `p${index}` }));
  const start = performance.now();
  expect(partsOf(content)).toHaveLength(20_000);
  expect(performance.now() - start).toBeLessThan(1_000);
});
