import { OrgId, RequestId } from '#shared/primitives';
import { LoggedRequest, LogInput } from '#shared/request';
import { aLogInput } from '#tests/support/factories';
import { type Arrival, toLoggedRequest } from './toLoggedRequest.ts';

const NOW = new Date('2026-06-15T12:00:00Z');

function toRequest(fields: Partial<LogInput> = {}, arrival: Partial<Arrival> = {}): LoggedRequest {
  return toLoggedRequest(LogInput.parse(aLogInput(fields)), {
    org_id: OrgId.parse('0190a1b2-c3d4-7e5f-8a9b-000000000001'),
    api_key_id: null,
    newId: () => RequestId.parse('0190a1b2-c3d4-7e5f-8a9b-000000000002'),
    now: NOW,
    prices: [],
    truncated: false,
    sanitized: false,
    ...arrival,
  });
}

test('what is made is a request of the contract, with every field', () => {
  const request = toRequest();
  expect(LoggedRequest.parse(request)).toEqual(request);
  expect(Object.keys(request).sort()).toEqual(Object.keys(LoggedRequest.shape).sort());
});

test("the caller's id wins over ours", () => {
  const id = '0190a1b2-c3d4-7e5f-8a9b-00000000000f';
  expect(toRequest({ id }).id).toBe(id);
  expect(toRequest().id).toBe('0190a1b2-c3d4-7e5f-8a9b-000000000002');
});

test.each<[string, Partial<LogInput>, string]>([
  ['given', { started_at: '2026-06-15T13:00:00+02:00' }, '2026-06-15T11:00:00.000Z'],
  ['the arrival less the latency', { latency_ms: 1_500 }, '2026-06-15T11:59:58.500Z'],
  ['the arrival', { latency_ms: null }, '2026-06-15T12:00:00.000Z'],
])('started_at is %s', (_, fields, expected) => {
  expect(toRequest(fields)).toMatchObject({ started_at: expected, created_at: '2026-06-15T12:00:00.000Z' });
});

test.each<[string, Partial<LogInput>]>([
  ['success', {}],
  ['error', { error: { message: 'boom' } }],
  ['aborted', { error: { message: 'boom' }, status: 'aborted' }],
  ['incomplete', { status: 'incomplete' }],
])('status is %s', (status, fields) => {
  expect(toRequest(fields).status).toBe(status);
});

test('why the model stopped is taken from the answer, and an answer that was cut off is incomplete', () => {
  const response = { choices: [{ finish_reason: 'length', message: { role: 'assistant', content: 'Once upon' } }] };
  expect(toRequest({ response })).toMatchObject({ finish_reason: 'length', status: 'incomplete' });
  expect(toRequest({ response, finish_reason: 'stop', status: 'success' })).toMatchObject({
    finish_reason: 'stop',
    status: 'success',
  });
  expect(toRequest({ finish_reason: 'max_tokens' }).status).toBe('incomplete');
  expect(toRequest({ finish_reason: 'tool_calls' }).status).toBe('success');
});

test('an answer that failed is no success, unless the caller says so', () => {
  const response = { error: { message: 'No credits', code: 402 } };
  const error = { message: 'No credits', code: '402' };
  expect(toRequest({ response })).toMatchObject({ status: 'error', error });
  expect(toRequest({ response, status: 'error' })).toMatchObject({ status: 'error', error });
  expect(toRequest({ response, status: 'success' })).toMatchObject({ status: 'success', error: null });
  expect(toRequest({ response, error: { message: 'mine' } }).error).toMatchObject({ message: 'mine' });
  expect(toRequest({ response: { choices: [] }, response_content: null }).status).toBe('incomplete');
});

test('which model answered is taken from the answer, as track() does; what the log says counts', () => {
  const response = { model: 'gpt-4o-mini-2024-07-18', choices: [{ message: { role: 'assistant', content: 'Hi' } }] };
  expect(toRequest({ response }).response_model).toBe('gpt-4o-mini-2024-07-18');
  expect(toRequest({ response, response_model: 'mine' }).response_model).toBe('mine');
  expect(toRequest({ response: { model: 'XC60' } }).response_model).toBeNull();
  const counts = { input_tokens: 1_000_000, output_tokens: 0 };
  expect(toRequest({ model: 'my-alias', response, ...counts }).cost_usd).toBe('0.15');
});

test('the tier that served is taken from the answer; what the log says counts', () => {
  const response = { choices: [], service_tier: 'flex' };
  expect(toRequest({ response }).service_tier).toBe('flex');
  expect(toRequest({ response, service_tier: 'batch' }).service_tier).toBe('batch');
  expect(toRequest({ response: { usage: { service_tier: 'standard' } } }).service_tier).toBe('standard');
  expect(toRequest({ response: { service_tier: 'a tier, in words' } }).service_tier).toBeNull();
  expect(toRequest({ response: null }).service_tier).toBeNull();
});

test('tokens that were not reported are null and never zero', () => {
  const request = toRequest({ input_tokens: undefined, output_tokens: undefined });
  expect([request.input_tokens, request.output_tokens, request.cached_input_tokens, request.reasoning_tokens]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect(request).toMatchObject({ cost_usd: null, cost_source: null });
});

test('tokens that the log does not report are those of its response; one that it does report is all that counts', () => {
  const response = {
    usage: { input_tokens: 3, cache_creation_input_tokens: 100, cache_read_input_tokens: 0, output_tokens: 50 },
  };
  const silent = { response, input_tokens: null, output_tokens: null };
  expect(toRequest(silent)).toMatchObject({ input_tokens: 103, output_tokens: 50, cache_write_tokens: 100 });
  expect(toRequest({ ...silent, provider: 'anthropic', model: 'claude-sonnet-4-5' }).cost_source).toBe('builtin');
  expect(toRequest({ ...silent, output_tokens: 7 })).toMatchObject({
    input_tokens: null,
    output_tokens: 7,
    cache_write_tokens: null,
  });
});

test.each<[string, Partial<LogInput>, string | null, string | null]>([
  ["the caller's", { cost_usd: '0.50' }, '0.5', 'provided'],
  ["the caller's zero", { cost_usd: 0 }, '0', 'provided'],
  ['of the price list', { input_tokens: 1_000_000, output_tokens: 0 }, '0.15', 'builtin'],
  [
    'of the model that answered',
    { model: 'my-alias', response_model: 'gpt-4o-mini', input_tokens: 1_000_000, output_tokens: 0 },
    '0.15',
    'builtin',
  ],
  ['unknown for a model that is not listed', { model: 'my-own' }, null, null],
])('the cost is %s', (_, fields, cost_usd, cost_source) => {
  expect(toRequest(fields)).toMatchObject({ cost_usd, cost_source });
});

test('a long error text is cut and says so', () => {
  const { error } = toRequest({ error: { message: 'x'.repeat(20_000), code: 'c' } });
  expect(error?.message).toMatch(/… \[truncated: 20000 characters\]$/);
  expect(error?.message?.length).toBeLessThanOrEqual(8_192);
  expect(error?.code).toBe('c');
});
