import type { JsonValue } from '#shared/primitives';
import { readAnswerEnd } from './answerError.ts';
import { parseAnswer } from './conversation.ts';
import { readResponseModel } from './responseModel.ts';
import { readUsage } from './usage.ts';

const STARTED = { type: 'conversation.response.started', conversation_id: 'conv_1' };
const SAID = { type: 'message.output.delta', output_index: 0, id: 'msg_1', model: 'mistral-medium', role: 'assistant' };
const CALLED = { type: 'function.call.delta', output_index: 0, id: 'fc_1', name: 'look', tool_call_id: 'c1' };
const DONE = {
  type: 'conversation.response.done',
  usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
};
const MISTRAL: JsonValue[] = [STARTED, { ...SAID, content: 'Hel' }, { ...SAID, content: 'lo' }, DONE];

const interaction = { id: 'i', object: 'interaction', status: 'in_progress', model: 'gemini-3-flash' };
const GEMINI: JsonValue[] = [
  { event_type: 'interaction.start', interaction },
  { event_type: 'content.start', index: 0, content: { type: 'thought' } },
  { event_type: 'content.delta', index: 0, delta: { type: 'thought_summary', content: { type: 'text', text: 'Hm' } } },
  { event_type: 'content.start', index: 1, content: { type: 'text', text: '' } },
  { event_type: 'content.delta', index: 1, delta: { type: 'text', text: 'Hel' } },
  { event_type: 'content.delta', index: 1, delta: { type: 'text', text: 'lo' } },
  {
    event_type: 'interaction.complete',
    interaction: { ...interaction, status: 'completed', usage: { total_input_tokens: 9, total_output_tokens: 2 } },
  },
];

const partsOf = (response: JsonValue) =>
  parseAnswer(response, null)
    .flatMap(({ parts }) => parts)
    .map((part) => ('text' in part ? `${part.kind} ${part.text}` : part.kind));

test.each<[string, JsonValue, string[], string]>([
  ["Mistral's conversations", MISTRAL, ['text Hello'], 'mistral-medium'],
  [
    'the same with the names of the events',
    MISTRAL.map((data) => ({ event: 'message', data })),
    ['text Hello'],
    'mistral-medium',
  ],
  ["Gemini's interactions", GEMINI, ['reasoning Hm', 'text Hello'], 'gemini-3-flash'],
])('%s are read as they are streamed', (_, pieces, parts, model) => {
  expect(partsOf(pieces)).toEqual(parts);
  expect(readUsage(pieces)).toMatchObject({ input_tokens: 9, output_tokens: 2 });
  expect(readResponseModel(pieces)).toBe(model);
  expect(readAnswerEnd(pieces, false)).toBeNull();
  expect(readAnswerEnd((pieces as JsonValue[]).slice(0, -1), false)?.status).toBe('incomplete');
});

test('calls of functions are put together', () => {
  const called: JsonValue[] = [STARTED, { ...CALLED, arguments: '{"at":' }, { ...CALLED, arguments: '"Oslo"}' }, DONE];
  const call = { event_type: 'content.delta', index: 0, delta: { type: 'function_call', id: 'c1', name: 'look' } };
  const [first, ...others] = GEMINI;
  const interacted: JsonValue[] = [
    first ?? {},
    { ...call, delta: { ...call.delta, arguments: { at: 'Oslo' } } },
    ...others.slice(-1),
  ];
  const look = { kind: 'tool_call', id: 'c1', name: 'look' };
  expect(parseAnswer(called, null)[0]?.parts).toMatchObject([{ ...look, args: '{"at":"Oslo"}' }]);
  expect(parseAnswer(interacted, null)[0]?.parts).toMatchObject([{ ...look, args: { at: 'Oslo' } }]);
});

test('an error ends them', () => {
  const failed = [STARTED, { type: 'conversation.response.error', code: 3000, message: 'Internal' }];
  expect(readAnswerEnd(failed, false)).toEqual({ status: 'error', error: { code: '3000', message: 'Internal' } });
});
