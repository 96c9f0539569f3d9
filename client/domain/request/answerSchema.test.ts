import type { JsonObject } from '#shared/primitives';
import { answerSchemaOf } from './answerSchema.ts';

const schema = { type: 'object' };

test.each<[string, JsonObject | null]>([
  ['chat completions', { response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema } } }],
  ['responses', { text: { format: { type: 'json_schema', name: 'a', schema } } }],
  ['Anthropic', { output_format: { type: 'json_schema', schema } }],
  ['Gemini', { config: { responseSchema: schema } }],
  ['Gemini over REST', { generationConfig: { responseJsonSchema: schema } }],
  ['Ollama', { format: schema }],
])('%s', (_, parameters) => {
  expect(answerSchemaOf(parameters)).toEqual(schema);
});

test.each<[string, JsonObject | null]>([
  ['nothing', null],
  ['any JSON', { response_format: { type: 'json_object' } }],
  ['text', { text: { format: { type: 'text' } }, format: 'json' }],
])('%s asks for none', (_, parameters) => {
  expect(answerSchemaOf(parameters)).toBeNull();
});
