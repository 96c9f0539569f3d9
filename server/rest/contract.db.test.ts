import { startTestApp, type TestApp } from '#server/testing/testApp';
import { aLogInput } from '#server/testing/factories';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

test('stores a log and reads it back', async () => {
  const created = await app.call('POST', '/api/v1/logs', { body: aLogInput({ tags: { env: 'prod' } }) });
  expect(created.status).toBe(201);
  const read = await app.call('GET', `/api/v1/requests/${created.body.id}`);
  expect(read.status).toBe(200);
  expect(read.body).toEqual(created.body);
});
