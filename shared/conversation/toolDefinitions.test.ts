import type { JsonValue } from '#shared/primitives';
import { parseToolDefinitions } from './toolDefinitions.ts';

const schema = { type: 'object' };

test.each([
  ['chat completions', { type: 'function', function: { name: 'look', description: 'Looks.', parameters: schema } }],
  ['Responses', { type: 'function', name: 'look', description: 'Looks.', parameters: schema }],
  ['Anthropic', { name: 'look', description: 'Looks.', input_schema: schema }],
  ['Gemini', { functionDeclarations: [{ name: 'look', description: 'Looks.', parameters: schema }] }],
  ['Bedrock', { toolSpec: { name: 'look', description: 'Looks.', inputSchema: { json: schema } } }],
])('a tool as %s writes it', (_provider, tool) => {
  expect(parseToolDefinitions([tool])).toEqual([{ name: 'look', description: 'Looks.', schema }]);
});

test('each function of a Gemini entry is a tool', () => {
  const tools: JsonValue = [{ function_declarations: [{ name: 'a' }, { name: 'b' }] }, { google_search: {} }];
  expect(parseToolDefinitions(tools).map(({ name }) => name)).toEqual(['a', 'b', 'tool 3']);
});

test('a built-in tool goes by its type, and anything else by its place', () => {
  expect(parseToolDefinitions([{ type: 'web_search' }, 'odd']).map(({ name }) => name)).toEqual([
    'web_search',
    'tool 2',
  ]);
});
