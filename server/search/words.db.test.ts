/** Which requests hold words: over HTTP, against a real Postgres, and against the same rule in JavaScript. */
import fc from 'fast-check';
import { holdsWords } from '#shared/query/words';
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { eachText } from './searchedText.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const quote = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

/** As a phrase, unless it names a part. */
const write = (words: string) => (/^(input|response):/.test(words) ? words : quote(words));

async function find(q: string): Promise<string[]> {
  const called = await app.call('GET', `/api/v1/requests?payload=false&limit=200&q=${encodeURIComponent(q)}`);
  expect({ q, status: called.status }).toEqual({ q, status: 200 });
  return called.body.map(({ id }: { id: string }) => id);
}

async function log(fields: object): Promise<string> {
  const id = newId();
  const called = await app.call('POST', '/api/v1/logs', { body: { ...aLogInput(), ...fields, id } });
  expect(called.status).toBe(201);
  return id;
}

const say = (content: unknown) => ({ messages: [{ role: 'user', content }] });

test.each<[string, object, string[], string[]]>([
  ['a message', say('Where is my parcel zq1?'), ['PARCEL zq1', 'cel zq1?'], ['parcelzq1']],
  ['Chinese', say('請問北京天氣如何 zq2'), ['北京天氣', '京', '何 zq2'], ['北天']],
  ['Arabic', say('سياسة الاسترداد zq3'), ['الاسترداد', 'سي'], ['الاستردادات']],
  ['emoji', say('done 🎉🚀 zq4'), ['🎉🚀', '🚀'], ['🚀🎉']],
  ['letters with a case', say('ÜBER Жук ΟΔΟΣ zq5'), ['über жук', 'οδος', 'ÜBER'], ['uber']],
  ['a dotted İ and the sign K', say('İzmir 300 \u212a zq6'), ['İZMIR', '300 \u212a'], ['300 k']],
  [
    '%, _, quotes, backslashes',
    say('50%_off "now" C:\\new\nline\tzq7'),
    ['%_off', '"now"', 'c:\\new', '\nline'],
    ['50%off', 'nnew', 'nline', 'tzq7'],
  ],
  ['parts of a message', say([{ type: 'text', text: 'part zq8' }]), ['part zq8'], []],
  [
    "a tool's arguments and result",
    {
      messages: [
        {
          role: 'assistant',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"city":"Parisq9"}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'cloudyq9' },
      ],
    },
    ['parisq9', 'CLOUDYQ9', '{"city":"parisq9"}'],
    ['tool_call_idq9'],
  ],
  ['an answer', { response_content: 'You get zq10 back.' }, ['zq10 back', 'response:zq10'], ['input:zq10']],
  [
    'a whole answer',
    { response: { choices: [{ message: { refusal: 'No zq11' } }] } },
    ['no zq11', 'response:"no zq11"'],
    ['choices'],
  ],
  ['an error', { status: 'error', error: { message: 'Rate limit zq12', code: 429 } }, ['limit zq12', '429'], []],
  [
    'ids',
    { trace_id: 'trace-zq13', user_id: 'Ann-zq13', session_id: 'sess-zq13', provider_request_id: 'chatcmpl-zq13' },
    ['e-ZQ13', 'ann-zq', 'sess-zq', 'cmpl-zq13'],
    ['input:zq13'],
  ],
  ['a tag', { tags: { team: 'suppörtq14' } }, ['SUPPÖRTQ14'], ['input:suppörtq14']],
])('%s is found by its words', async (_, fields, found, missed) => {
  const id = await log(fields);
  for (const words of found) expect([words, await find(write(words))]).toEqual([words, [id]]);
  for (const words of missed) expect([words, await find(write(words))]).toEqual([words, []]);
});

test('a request is found by its own id, and by a piece of it', async () => {
  const id = await log(say('x'));
  expect(await find(id)).toEqual([id]);
  expect(await find(id.slice(10).toUpperCase())).toEqual([id]);
});

test('keys, and what a format says in each message, are no words', async () => {
  const id = await log({ messages: [{ role: 'user', content: [{ type: 'text', text: 'unique keyq15' }], keyq16: 1 }] });
  expect(await find('keyq15 -keyq16')).toEqual([id]);
  expect(await find('keyq15 (role OR content OR user OR text)')).toEqual([]);
  const other = await log({ messages: [{ role: 'user', content: 'ask the user keyq17' }] });
  expect(await find('keyq17 user')).toEqual([other]);
});

test('another organization finds nothing of it', async () => {
  await log(say('secret zq18'));
  const called = await app.call('GET', '/api/v1/requests?q=zq18', { key: app.orgB.key });
  expect(called.body).toEqual([]);
});

test('any text is found by any piece of it, and what the rule in JavaScript does not find, SQL does not', async () => {
  const piece = fc.constantFrom(
    'a',
    'B',
    'nb',
    ' ',
    '\n',
    '"',
    '\\',
    '\\n',
    '%',
    '_',
    'É',
    'é',
    'ß',
    'Σ',
    'ς',
    'İ',
    'I',
    '\u212a',
    '北',
    '京',
    '😀',
    'ﬁ',
    '\u0301',
    '\u0001',
    '"role":',
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 3 }), text, fc.nat(), async (contents, other, from) => {
      const messages = contents.map((content) => ({ role: 'user', content }));
      const id = await log({ messages, response_content: null, user_id: 'u' });
      const whole = contents[0] ?? '';
      const start = from % whole.length;
      const texts: string[] = [id, 'u'];
      eachText(messages, (each) => texts.push(each));
      for (const words of [whole.slice(start, start + 3), other]) {
        if (!words.isWellFormed()) continue;
        const holds = texts.some((each) => holdsWords(each, words));
        expect([words, await find(`id:${id} ${quote(words)}`)]).toEqual([words, holds ? [id] : []]);
      }
    }),
    { numRuns: 60 },
  );
});
