import { parseConversation } from '#shared/conversation/conversation';
import type { JsonValue } from '#shared/primitives';
import { toTurns } from './newMessages.ts';

const turn = (messages: JsonValue, response_content: string | null, response: JsonValue | null = null) =>
  parseConversation({ messages, response_content, response });
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const said = (turns: ReturnType<typeof toTurns>) =>
  turns.map(({ sent }) =>
    sent.map(({ role, parts }) => `${role}: ${parts.map((part) => ('text' in part ? part.text : part.kind)).join()}`),
  );

test('a history that grows is shown once, message by message', () => {
  const turns = toTurns([
    turn([{ role: 'system', content: 'Be brief.' }, user('Hi')], 'Hello.'),
    turn([{ role: 'system', content: 'Be brief.' }, user('Hi'), assistant('Hello.'), user('How are you?')], 'Well.'),
    turn([user('Hi'), assistant('Hello.'), user('How are you?'), assistant('Well.'), user('Bye')], 'Bye.'),
  ]);
  expect(said(turns)).toEqual([['system: Be brief.', 'user: Hi'], ['user: How are you?'], ['user: Bye']]);
  expect(turns.map(({ repeated }) => repeated)).toEqual([0, 3, 4]);
});

test('the same question once more, and instructions that change, are shown', () => {
  const turns = toTurns([
    turn([{ role: 'system', content: 'It is 10:00.' }, user('Again?')], 'Yes.'),
    turn([{ role: 'system', content: 'It is 10:05.' }, user('Again?')], 'Yes, still.'),
  ]);
  expect(said(turns)).toEqual([
    ['system: It is 10:00.', 'user: Again?'],
    ['system: It is 10:05.', 'user: Again?'],
  ]);
});

test('a window that slides over the history, and calls of tools that come back with their results, repeat nothing', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'stock', arguments: '{"sku":1}' } };
  const turns = toTurns([
    turn([user('How many?')], null, {
      choices: [{ message: { role: 'assistant', content: null, tool_calls: [call] } }],
    }),
    turn(
      [
        user('How many?'),
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c1', content: '3' },
      ],
      'Three.',
    ),
    turn([assistant('Three.'), user('And now?')], 'Two.'),
  ]);
  expect(turns.map(({ sent }) => sent.map(({ role }) => role))).toEqual([['user'], ['tool'], ['user']]);
  // The result says of which tool it is, though its call stands in the turn before.
  expect(turns[1]?.toolNames.get('c1')).toBe('stock');
});

test('requests that have nothing in common are shown whole', () => {
  const turns = toTurns([turn([user('a'), assistant('b'), user('c')], 'd'), turn('plain text', 'e'), turn(null, null)]);
  expect(turns.map(({ sent }) => sent.length)).toEqual([3, 1, 0]);
});
