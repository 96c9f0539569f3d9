/** The OpenAPI document is valid, names every endpoint, and each of its examples works as it stands there. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Endpoint, type Endpoints, endpoints } from '#shared/endpoints';
import { expectContract } from '#tests/support/expectContract';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const VALIDATOR = path.resolve('node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js');
const ROWS = Object.entries(endpoints) as [keyof Endpoints, Endpoint][];

test('the document is valid OpenAPI 3.1 and names every endpoint of the table', async () => {
  const called = await app.call('GET', '/api/v1/openapi.json', { key: null });
  expectContract('getOpenApi', called);
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'openapi-')), 'openapi.json');
  fs.writeFileSync(file, called.text);
  // It is an ES module, which jest cannot load.
  const { stdout } = await promisify(execFile)(process.execPath, [VALIDATOR, file]);
  expect(JSON.parse(stdout)).toMatchObject({ valid: true });
  expect(called.body.openapi).toBe('3.1.0');

  const named = Object.entries<Record<string, { operationId: string }>>(called.body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${operationId}: ${method} ${path}`),
  );
  expect(named.sort()).toEqual(
    ROWS.map(([name, row]) => `${name}: ${row.method} ${row.path.replaceAll(/:(\w+)/g, '{$1}')}`).sort(),
  );
});

test('every reference in it points at something that is there', async () => {
  const { text, body } = await app.call('GET', '/api/v1/openapi.json', { key: null });
  const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(20);
  expect(Object.keys(body.components.schemas)).toEqual(expect.arrayContaining([...new Set(names)]));
});

test('it says what failures look like: those of batches, and those of exports', async () => {
  const { body } = await app.call('GET', '/api/v1/openapi.json', { key: null });
  const schemaOf = (path: string, status: string) =>
    body.paths[path].post.responses[status].content['application/json'].schema;
  const error = { $ref: '#/components/schemas/Error' };
  for (const path of ['/api/v1/logs', '/api/v1/spans']) expect(schemaOf(path, '400').anyOf).toContainEqual(error);
  expect(schemaOf('/v1/traces', '4XX')).toEqual({ $ref: '#/components/schemas/ExportFailure' });
  expect(Object.keys(body.components.schemas.ExportFailure.properties).sort()).toEqual(['code', 'error', 'message']);
  expect(schemaOf('/api/v1/api-keys', '4XX')).toEqual(error);
});

test('ids are described as what they are', async () => {
  const { body } = await app.call('GET', '/api/v1/openapi.json', { key: null });
  for (const name of ['StoredRequest', 'ApiKey', 'Organization', 'Job', 'SavedView', 'CustomPrice', 'Span']) {
    expect([name, body.components.schemas[name].properties.id]).toMatchObject([
      name,
      { type: 'string', format: 'uuid' },
    ]);
  }
});

test('under a base path it says so', async () => {
  const based = await startTestApp({ env: { BASE_PATH: '/promptlab' } });
  try {
    const { body } = await based.call('GET', '/api/v1/openapi.json', { key: null });
    expect(body.servers).toEqual([{ url: '/promptlab' }]);
  } finally {
    await based.stop();
  }
});

test.each(ROWS.flatMap(([name, row]) => (row.examples ?? []).map((example) => [name, example.name] as const)))(
  'the example %s "%s" works as it stands in the reference',
  async (name, exampleName) => {
    const row: Endpoint = endpoints[name];
    const example = row.examples?.find((candidate) => candidate.name === exampleName);
    if (!example) throw new Error('The example was listed a moment ago.');
    // The examples of logging come first, so that those of reading find what they name.
    const params: Record<string, string> = { org_id: app.orgA.id, ...example.params };
    const path = row.path.replaceAll(/:(\w+)/g, (_, param: string) => encodeURIComponent(params[param] ?? ''));
    const query = example.query ? `?${new URLSearchParams(example.query).toString()}` : '';
    const called = await app.call(row.method.toUpperCase(), path + query, {
      body: example.body,
      key: row.auth === 'admin' ? null : app.orgA.key,
    });
    expectContract(name, called);
  },
);

test('keys are managed by REST: made, listed, used and deleted with a manage key', async () => {
  const manage = await app.keyWith(['manage', 'read']);
  const created = await app.call('POST', '/api/v1/api-keys', { body: { name: 'App', scopes: ['read'] }, key: manage });
  expectContract('createOwnApiKey', created);
  const listed = await app.call('GET', '/api/v1/api-keys', { key: manage });
  expectContract('listOwnApiKeys', listed);
  expect(listed.body.map((key: { id: string }) => key.id)).toContain(created.body.id);
  const session = await app.call('GET', '/api/v1/session', { key: created.body.key });
  expectContract('getSession', session);
  expect(session.body).toMatchObject({ organization: { id: app.orgA.id }, api_key: { scopes: ['read'] } });
  const deleted = await app.call('DELETE', `/api/v1/api-keys/${created.body.id}`, { key: manage });
  expectContract('deleteOwnApiKey', deleted);
  expect((await app.call('GET', '/api/v1/session', { key: created.body.key })).status).toBe(401);
});
