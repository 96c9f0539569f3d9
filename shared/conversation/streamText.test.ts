import type { JsonValue } from '#shared/primitives';
import { readAnswerEnd } from './answerError.ts';
import { parseAnswer } from './conversation.ts';
import { readFinishReason } from './finishReason.ts';
import { readUsage } from './usage.ts';
import { withPieces } from './streamText.ts';

const said = (content: string) => ({ choices: [{ index: 0, delta: { content } }] });
const END = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
const USAGE = { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } };
const CHUNKS = [said('Hel'), said('lo'), END, USAGE];
const eventsOf = (pieces: readonly object[]) =>
  pieces.map((piece) => `event: message\ndata: ${JSON.stringify(piece)}\n\n`);
const EVENTS = [': PROCESSING\n\n', ...eventsOf(CHUNKS), 'data: [DONE]\n\n'];
const LINES = CHUNKS.map((chunk) => JSON.stringify(chunk));

const wordsOf = (response: JsonValue) =>
  parseAnswer(response, null).flatMap(({ parts }) =>
    parts.map((part) => (part.kind === 'text' ? part.text : part.kind)),
  );

test.each<[string, JsonValue]>([
  ['server-sent events', EVENTS.join('')],
  ['events with the line ends of HTTP', EVENTS.join('').replaceAll('\n', '\r\n')],
  ['a list of events', EVENTS],
  ['a list of their lines', EVENTS.join('').split('\n')],
  ['a list of one text', [EVENTS.join('')]],
  ['JSON line by line', `${LINES.join('\n')}\n`],
  ['a list of JSON texts', LINES],
  ['a list as JSON text', JSON.stringify(CHUNKS, null, 2)],
  ['a long stream', eventsOf([...Array.from({ length: 2_000 }, () => said('')), ...CHUNKS]).join('')],
])('%s are the answer that they tell', (_, response) => {
  expect(wordsOf(response)).toEqual(['Hello']);
  expect(readFinishReason(response)).toBe('stop');
  expect(readUsage(response)).toMatchObject({ input_tokens: 5, output_tokens: 2 });
  expect(readAnswerEnd(response, false)).toBeNull();
});

test('a stream that was cut off is incomplete, also within a piece, and an error in it is one', () => {
  const begun = eventsOf([said('Hel'), said('lo')]).join('');
  for (const response of [begun, `${begun}event: mess`, `${begun}data: {"choices":[{"de`]) {
    expect(wordsOf(response)).toEqual(['Hello']);
    expect(readAnswerEnd(response, false)?.status).toBe('incomplete');
  }
  const failed = `${begun}data: {"error":{"message":"Overloaded","code":502}}\n\n`;
  expect(readAnswerEnd(failed, false)).toEqual({ status: 'error', error: { code: '502', message: 'Overloaded' } });
});

test.each<[string, JsonValue]>([
  ['a word before a colon', 'data: is the new oil'],
  ['lines of JSON', '{"name":"a"}\n{"name":"b"}'],
  ['lines of a log', '{"type":"start"}\n{"type":"error","message":"x"}'],
  ['a list as JSON', '[{"type":"text","text":"Hi"}]'],
  ['questions with choices', '[{"q":"a","choices":["x","y"]},{"q":"b","choices":["z"]}]'],
  ['people as candidates', '{"job":"a","candidates":[{"name":"Ann"}]}\n{"job":"b","candidates":[]}'],
  ['things to do', '{"message":"buy milk","done":true}\n{"message":"call","done":false}'],
  ['events of something else', 'data: {"price":1}\n\ndata: {"price":2}\n\n'],
  ['words of a list', ['The', ' cat']],
  ['more values than a text of this length has', `[${'{"choices":[0,0,0,0,0,0,0,0,0]},'.repeat(200)}{"choices":[]}]`],
])('%s stay what they are', (_, response) => {
  expect(withPieces(response)).toBe(response);
});
