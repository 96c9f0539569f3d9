/** A value that the dashboard writes into a query finds the requests that have it, and no others. */
import { formatTerm } from '#shared/query/terms';
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

const VALUES = [
  'a*b',
  'aXb',
  '*',
  '**',
  '?',
  '\\',
  '\\*',
  'a\\*b',
  '\\\\',
  '%',
  '_',
  '"quoted"',
  "it's",
  '(a OR b)',
  'a)',
  'OR',
  'AND',
  'NOT',
  'and',
  '-a',
  '>2s',
  '1..5',
  '2h',
  'a:b',
  'team:',
  'slug@7',
  '@scope/slug',
  '{{name}}',
  'null',
  '0',
  '😀👩‍👩‍👧',
  'من الیمین',
  'İ',
  'x'.repeat(200),
];
/** What a log may hold in some fields alone. */
const TEXTS = ['', ' ', ' a ', 'a  b', 'line\nline\ttab'];

let app: TestApp;
const ids: string[] = [];

/** Every value in each of the fields that hold what a caller calls something. */
function toLog(value: string) {
  const { messages } = aLogInput();
  const named = TEXTS.includes(value)
    ? { model: 'm' }
    : {
        model: value,
        user_id: value,
        session_id: value,
        trace_id: value,
        release: value,
        name: value,
        environment: value,
        prompt_slug: value,
        finish_reason: value,
      };
  const tags = { 'any key': value, ...(TEXTS.includes(value) ? {} : { [value]: 'x' }) };
  const own = { tags, metadata: { 'any.key': value, [value]: 'x' } };
  return { messages, provider: 'p', error: { type: value, code: value, message: 'no' }, ...named, ...own };
}

beforeAll(async () => {
  app = await startTestApp();
  for (const value of [...VALUES, ...TEXTS]) {
    const id = newId();
    ids.push(id);
    const { status, body } = await app.call('POST', '/api/v1/logs', { body: { ...toLog(value), id } });
    if (status !== 201) throw new Error(`${JSON.stringify(value)} is not stored: ${JSON.stringify(body)}`);
  }
});
afterAll(() => app.stop());

async function find(q: string): Promise<string[]> {
  const called = await app.call('GET', `/api/v1/requests?payload=false&limit=200&q=${encodeURIComponent(q)}`);
  expect([q, called.status]).toEqual([q, 200]);
  return called.body.map(({ id }: { id: string }) => [...VALUES, ...TEXTS][ids.indexOf(id)]).toSorted();
}

test.each([
  ...['model', 'user', 'session', 'trace', 'release', 'name', 'env', 'prompt', 'finish'].map(
    (field) => [field, VALUES] as const,
  ),
  ...['error.type', 'error.code', 'tag.any key', 'meta.any.key'].map(
    (field) => [field, [...VALUES, ...TEXTS]] as const,
  ),
])('%s: each value finds its own request, and leaves it out', async (field, values) => {
  for (const value of values) {
    expect(await find(formatTerm({ field, value }))).toEqual([value]);
    const others = [...VALUES, ...TEXTS].filter((other) => other !== value).toSorted();
    expect(await find(formatTerm({ field, value, isExcluded: true }))).toEqual(others);
  }
});

test.each([
  ['tag', VALUES],
  ['meta', [...VALUES, ...TEXTS]],
])('%s: a key may be any text', async (kind, keys) => {
  for (const key of keys) expect(await find(formatTerm({ field: `${kind}.${key}`, value: 'x' }))).toEqual([key]);
});
