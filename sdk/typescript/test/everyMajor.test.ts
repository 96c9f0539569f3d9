/** The short form of `npm run test:majors`: calls of every kind on every major of `openai` that we record. */
import { seenWithoutUs, seenWithUs, useServers } from './breaking';
import { byText } from './harness';
import { ALL_MAJORS, V6 } from './majors';
import type { Record_ } from './receiver';

useServers();

const COUNTS = {
  'audio.speech success': 1,
  'audio.transcriptions success': 2,
  'chat.completions aborted': 2,
  'chat.completions error': 4,
  'chat.completions success': 16,
  'completions success': 1,
  'embeddings success': 1,
  'images.edit success': 1,
  'images.generate success': 1,
  'moderations success': 1,
  'responses error': 1,
  'responses success': 3,
};

/** The answers that were recorded, in an order that does not depend on which call came first. */
function listAnswers(logs: readonly Record_[]): string[] {
  return logs
    .filter(({ status }) => status !== 'aborted') // What came before is another piece of it each time.
    .map(({ endpoint, status, model, response_content, finish_reason, input_tokens, output_tokens }) =>
      JSON.stringify([endpoint, status, model, response_content, finish_reason, input_tokens, output_tokens]),
    )
    .sort(byText);
}

let ofV6: readonly Record_[];
beforeAll(async () => {
  ({ logs: ofV6 } = await seenWithUs(V6));
});

test.each(ALL_MAJORS)('$name: a caller sees what he sees without us, and each call is recorded', async (major) => {
  const { seen, logs } = await seenWithUs(major);
  expect(seen).toEqual(await seenWithoutUs(major));
  const counts: Record<string, number> = {};
  for (const { endpoint, status } of logs) {
    counts[`${endpoint} ${status}`] = (counts[`${endpoint} ${status}`] ?? 0) + 1;
  }
  expect(counts).toEqual(COUNTS);
  expect(listAnswers(logs)).toEqual(listAnswers(ofV6));
});
