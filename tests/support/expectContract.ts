/** What every answer must be: an endpoint's documented shape and nothing else, or our error. */
import { type Endpoint, endpoints, type Endpoints } from '#shared/endpoints';
import { ErrorBody, type ErrorCode } from '#shared/error';
import { ERROR_RESPONSES } from '#server/errors';
import { newId } from '#server/ids';
import { aLogInput } from './factories.ts';
import type { Called, TestApp } from './testApp.ts';

/** The answer has the endpoint's status, and its body is exactly what the endpoint's schema describes. */
export function expectContract(name: keyof Endpoints, called: Called, status?: number): void {
  const row: Endpoint = endpoints[name];
  expect({ status: called.status, body: called.body }).toMatchObject({ status: status ?? row.status });
  expect([row.status, ...Object.keys(row.otherStatuses ?? {}).map(Number)]).toContain(called.status);
  const [contentType = ''] = called.headers.get('content-type')?.split(';') ?? [];
  expect(row.contentTypes ?? ['application/json']).toContain(contentType);
  const body: unknown = row.contentTypes ? called.text : called.body;
  expect(called.headers.get('content-type')).toContain('; charset=utf-8');
  expect(called.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9._-]{8,64}$/);
  // Parsing leaves out what the schema does not know, so an extra field shows as a difference.
  expect(row.output.parse(body)).toEqual(body);
}

/** The fields of an error that a test may pin down. */
export interface ExpectedError {
  readonly param?: string | null;
  readonly message?: RegExp;
}

/** The answer is our error of that code: right status and type, all fields, one readable sentence, nobody else's text. */
export function expectError(
  called: Pick<Called, 'status' | 'body' | 'headers'>,
  code: ErrorCode,
  more: ExpectedError = {},
): void {
  expect({ status: called.status, body: called.body }).toMatchObject({
    status: ERROR_RESPONSES[code].status,
    body: { error: { code, type: ERROR_RESPONSES[code].type } },
  });
  expect(ErrorBody.parse(called.body)).toEqual(called.body);
  expect(Object.keys(called.body.error).sort()).toEqual(['code', 'message', 'param', 'request_id', 'type']);
  expect(called.body.error.request_id).toBe(called.headers.get('x-request-id'));
  expect(called.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expectOurWords(called.body.error.message);
  if (more.param !== undefined) expect(called.body.error.param).toBe(more.param);
  if (more.message !== undefined) expect(called.body.error.message).toMatch(more.message);
  if (called.status === 503) expect(Number(called.headers.get('retry-after'))).toBeGreaterThan(0);
  if (called.status === 405) expect(called.headers.get('allow')).toBeTruthy();
}

/** No text of Postgres, TypeORM, zod or Node, no stack, no path, no control character, and not much of the input. */
export function expectOurWords(message: string): void {
  expect(message).not.toMatch(
    /relation "|syntax error|violates|invalid input syntax|QueryFailed|driverError|ECONN|ENOENT|EADDR|\bat \S+:\d+|node_modules|SELECT |INSERT |Unexpected token|expected \w+, received/,
  );
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  expect(message).not.toMatch(/[\u0000-\u001f\u007f]/);
  expect(message).toMatch(/[.)]$/);
  expect(message.length).toBeLessThan(320);
}

/** The process is up, and the next good log is stored and read. */
export async function expectUnharmed(app: TestApp): Promise<void> {
  expect((await app.call('GET', '/health', { key: null })).body.status).toBe('ok');
  const id = newId();
  expect((await app.call('POST', '/api/v1/logs', { body: aLogInput({ id }) })).status).toBe(201);
  expect((await app.call('GET', `/api/v1/requests/${id}`)).status).toBe(200);
}
