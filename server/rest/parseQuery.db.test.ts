/** The query of a call: what an endpoint does not know is a mistake, and a time may come unescaped. */
import { newId } from '#server/ids';
import { expectContract, expectError } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const start = Date.now() - 60_000;
const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();

test.each([
  ['modle=x', 'modle', /did you mean `model`\?\)\.$/],
  ['Model=x', 'Model', /did you mean `model`\?\)\.$/],
  ['prompt_slig=x', 'prompt_slig', /did you mean `prompt_slug`\?\)\.$/],
  ['tags=env:prod', 'tags', /did you mean `tag`\?\)\.$/],
  ['since=2026-01-01T00:00:00Z', 'since', /\(it takes model, provider, .*\)\.$/],
  ['__proto__=2', '__proto__', /takes/],
  ['constructor=3', 'constructor', /takes/],
  ['a[b]=1', 'a[b]', /takes/],
  [`${'x'.repeat(500)}=1`, 'x'.repeat(40), /takes/],
  ['%00=1', '\uFFFD', /takes/],
  [`${'&'.repeat(1_000)}modle=x`, 'modle', /did you mean `model`\?\)\.$/],
])('%s is no parameter: a misspelt filter would let everything through', async (query, param, message) => {
  for (const path of ['/api/v1/requests', '/api/v1/stats']) {
    expectError(
      await app.call('GET', `${path}?limit=1&${query}`.replace('stats?limit=1&', 'stats?')),
      'invalid_value',
      {
        param,
        message,
      },
    );
  }
});

test('an endpoint without parameters says so; a probe may add what it likes', async () => {
  const id = newId();
  for (const [method, path] of [
    ['GET', `/api/v1/requests/${id}`],
    ['POST', '/api/v1/logs'],
    ['GET', '/api/v1/admin/organizations'],
  ] as const) {
    const called = await app.call(method, `${path}?x=1`, { key: path.includes('admin') ? null : app.orgA.key });
    expectError(called, 'invalid_value', { param: 'x', message: /takes no query parameters\.$/ });
  }
  expectContract('getHealth', await app.call('GET', '/health?_=123', { key: null }));
});

test('the plus of a zone is understood where it was not escaped', async () => {
  await app.call('POST', '/api/v1/logs', { body: aLogInput({ name: 'one', started_at: at(0) }) });
  const local = (time: string) => new Date(Date.parse(time) + 2 * 3_600_000).toISOString().replace('Z', '+02:00');
  for (const plus of ['+', '%2B', '%20']) {
    const query = `from=${local(at(0))}&to=${local(at(1))}`.replaceAll('+', plus);
    const called = await app.call('GET', `/api/v1/requests?${query}`);
    expect(called.body).toMatchObject([{ name: 'one' }]);
  }
});
