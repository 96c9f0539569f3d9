/** E5: sampling decides once per trace. */
import { getRequestUrl } from '../src/index';
import { loggedIds } from '../src/client/requestUrl';
import { isSampled } from '../src/record/sampling';
import { chatAnswer, sendError, sendJson, type Loose } from './fakeOpenAI';
import { harnessOfEachTest, HELLO, type Harness } from './harness';
import { V6 } from './majors';

let h: Harness;
harnessOfEachTest(V6, (made) => (h = made));

/** `trace-0` hashes into the half that is kept, `trace-1` … are looked for. */
const idsWhere = (isIn: boolean, count: number) =>
  Array.from({ length: 200 }, (_, i) => `trace-${i}`)
    .filter((id) => isSampled(id, 0.5) === isIn)
    .slice(0, count);

test('E5 sampling decides once per trace, the same in every process, and keeps errors', async () => {
  const first = h.make({ sampleRate: 0.5 });
  const second = h.make({ sampleRate: 0.5 });
  h.fake.on('/chat/completions', (seen, res) =>
    seen.body.model === 'bad' ? sendError(res, 400, { message: 'no' }) : sendJson(res, chatAnswer()),
  );
  const [kept, left] = [idsWhere(true, 15), idsWhere(false, 15)];
  for (const { client, lab } of [first, second]) {
    for (const trace_id of [...kept, ...left]) {
      for (let i = 0; i < 2; i++) await client.chat.completions.create({ ...HELLO, trace_id });
      lab.trace('a step', () => {}, { traceId: trace_id });
    }
  }
  const bad = { ...HELLO, model: 'bad', trace_id: left[0] as string };
  await expect(first.client.chat.completions.create(bad)).rejects.toThrow();
  const logs = await h.logs();
  const countByTrace = (records: readonly { [key: string]: Loose }[]) => {
    const counts: Record<string, number> = {};
    for (const { trace_id } of records) counts[trace_id] = (counts[trace_id] ?? 0) + 1;
    return counts;
  };
  const everyKept = (count: number) => Object.fromEntries(kept.map((id) => [id, count]));
  expect(countByTrace(logs.filter(({ status }) => status === 'success'))).toEqual(everyKept(4));
  expect(countByTrace(h.receiver.spans)).toEqual(everyKept(2));
  expect(logs.filter(({ status }) => status === 'error')).toMatchObject([{ trace_id: left[0] }]);
  expect(logs[0]?.metadata.sample_rate).toBe(0.5);
  for (const { lab } of [first, second]) expect(lab.stats().dropped).toEqual({ sampled_out: left.length * 3 });
});

test('E5 without keepErrors a failed call is sampled like any other, and a call that is left out has no link', async () => {
  // All answers here have one id, and other tests have logged some.
  loggedIds.clear();
  const { client, lab } = h.make({ sampleRate: 0, keepErrors: false });
  const answer = await client.chat.completions.create(HELLO);
  const stream = await client.chat.completions.create({ ...HELLO, stream: true });
  for await (const part of stream) void part;
  for (const result of [answer, stream, { id: answer.id }]) expect(getRequestUrl(result)).toBeUndefined();
  h.fake.on('/chat/completions', (_, res) => sendError(res, 400, { message: 'no' }));
  await expect(client.chat.completions.create(HELLO)).rejects.toThrow();
  await lab.flush();
  expect(lab.stats()).toMatchObject({ queued: 0, sent: 0, dropped: { sampled_out: 3 } });
});
