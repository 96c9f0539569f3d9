/** The examples of the API reference. A test calls each of them as it stands here. */

export interface EndpointExample {
  /** Unique among the examples of its endpoint. */
  readonly name: string;
  readonly summary: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const REQUEST_ID = '019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b';
const TRACE_ID = 'checkout-42';
const SPAN_ID = '019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5c';

export const EXAMPLES = {
  createLogs: [
    {
      name: 'minimal',
      summary: 'What every log needs',
      body: { model: 'gpt-4o', provider: 'openai', messages: [{ role: 'user', content: 'Hello!' }] },
    },
    {
      name: 'complete',
      summary: 'A call as an application knows it',
      body: {
        id: REQUEST_ID,
        model: 'gpt-4o',
        provider: 'openai',
        messages: [
          { role: 'system', content: 'You are a helpful assistant.' },
          { role: 'user', content: 'What is the capital of France?' },
        ],
        response_content: 'Paris.',
        latency_ms: 523,
        input_tokens: 24,
        output_tokens: 3,
        parameters: { temperature: 0.7 },
        prompt_slug: 'geography',
        trace_id: TRACE_ID,
        user_id: 'user-7',
        environment: 'production',
        tags: { team: 'support' },
      },
    },
    {
      name: 'batch',
      summary: 'Several logs at once',
      body: {
        logs: [
          { model: 'gpt-4o', provider: 'openai', messages: [{ role: 'user', content: 'First' }] },
          { model: 'gpt-4o-mini', provider: 'openai', messages: [{ role: 'user', content: 'Second' }] },
        ],
      },
    },
    {
      name: 'failed',
      summary: 'A call that failed',
      body: {
        model: 'gpt-4o',
        provider: 'openai',
        messages: [{ role: 'user', content: 'Hello!' }],
        status: 'error',
        error: { type: 'rate_limit_error', message: 'Rate limit reached', http_status: 429 },
      },
    },
  ],
  createSpans: [
    {
      name: 'tool',
      summary: 'A tool that ran within a trace',
      body: {
        spans: [
          {
            id: SPAN_ID,
            trace_id: TRACE_ID,
            name: 'look up order',
            kind: 'tool',
            started_at: '2026-01-31T12:00:00.000Z',
            latency_ms: 35,
            input: { order_id: 'FR-409109' },
            output: { status: 'shipped' },
          },
        ],
      },
    },
  ],
  createOrganization: [{ name: 'organization', summary: 'A name is all it takes', body: { name: 'My Company' } }],
  createApiKey: [
    { name: 'everything', summary: 'A key that may do everything', body: { name: 'Production' } },
    { name: 'ingest', summary: 'A key that can only log', body: { name: 'Application', scopes: ['ingest'] } },
  ],
  createOwnApiKey: [
    { name: 'ingest', summary: 'A key that can only log', body: { name: 'Application', scopes: ['ingest'] } },
  ],
  listRequests: [
    { name: 'errors', summary: 'The latest errors', query: { status: 'error', limit: '20' } },
    { name: 'tag', summary: 'By tag, without messages', query: { tag: 'team:support', payload: 'false' } },
  ],
  deleteRequests: [
    { name: 'old', summary: 'Everything before a day', query: { to: '2026-01-01T00:00:00Z' } },
    { name: 'user', summary: 'All of one user', query: { user_id: 'user-7' } },
  ],
  getRequest: [{ name: 'one', summary: 'One request', params: { request_id: REQUEST_ID } }],
  listTraces: [{ name: 'errors', summary: 'The latest traces with an error', query: { status: 'error', limit: '20' } }],
  getSpan: [{ name: 'one', summary: 'One span', params: { span_id: SPAN_ID } }],
  getTrace: [{ name: 'one', summary: 'One trace', params: { trace_id: TRACE_ID } }],
  getStats: [{ name: 'model', summary: 'Totals of one model', query: { model: 'gpt-4o' } }],
  getStatsSeries: [
    {
      name: 'days',
      summary: 'Days of Oslo by model',
      query: { interval: 'day', group: 'model', time_zone: 'Europe/Oslo', from: '2026-11-01T00:00:00Z' },
    },
  ],
  getStatsGroups: [
    {
      name: 'teams',
      summary: 'The most expensive teams this month, by a tag',
      query: { by: 'tag.team', sort: 'cost', limit: '5', from: '2026-11-01T00:00:00Z' },
    },
  ],
  getReleaseReport: [
    { name: 'releases', summary: 'Two releases', query: { by: 'release', a: '1.4.0', b: '1.5.0' } },
    {
      name: 'gate',
      summary: 'In CI: 409 where more fail, or the slowest take a fifth longer',
      query: { a: '1.4.0', b: '1.5.0', environment: 'staging', fail_on: 'error_rate,latency_p95>20%' },
    },
    { name: 'week', summary: 'The last seven days and those before', query: { by: 'period', b: '7d' } },
  ],
  getSavings: [{ name: 'month', summary: 'Of the last 30 days in production', query: { environment: 'production' } }],
  createView: [
    {
      name: 'slow',
      summary: 'What took longer than ten seconds today',
      body: { name: 'Slow today', search: { q: 'latency:>10s', t: '24h', sort: '-latency' } },
    },
  ],
  createPrice: [
    {
      name: 'own',
      summary: 'A model that you run yourself',
      body: { model: 'my-llama-*', rates: { input: '0.20', output: '0.60' } },
    },
    {
      name: 'tiers',
      summary: 'Long inputs cost more, from a day on',
      body: {
        model: 'gemini-3-pro',
        provider: 'google',
        rates: { input: '1.25', cached_input: '0.125', output: '10' },
        tiers: [{ above_input_tokens: 200000, rates: { input: '2.50', cached_input: '0.25', output: '15' } }],
        valid_from: '2026-11-01T00:00:00Z',
      },
    },
  ],
  repriceRequests: [
    { name: 'dry', summary: 'What would change', body: { filters: { model: 'gpt-4o' } } },
    { name: 'apply', summary: 'Change it', body: { filters: { model: 'gpt-4o' }, dry_run: false } },
  ],
  exportRequests: [
    {
      name: 'csv',
      summary: 'What failed, as a table',
      query: { format: 'csv', status: 'error', columns: 'started_at,model,error' },
    },
    {
      name: 'fineTuning',
      summary: 'The chats of a prompt, for fine-tuning',
      query: { format: 'openai', q: 'prompt:geography' },
    },
  ],
  exportTraces: [
    {
      name: 'chat',
      summary: 'A model call as OpenTelemetry tells it',
      body: {
        resourceSpans: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
            scopeSpans: [
              {
                scope: { name: 'my-instrumentation' },
                spans: [
                  {
                    traceId: '5b8efff798038103d269b633813fc60c',
                    spanId: 'eee19b7ec3c1b174',
                    name: 'chat gpt-4o',
                    kind: 3,
                    startTimeUnixNano: '1767225600000000000',
                    endTimeUnixNano: '1767225600812000000',
                    attributes: [
                      { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
                      { key: 'gen_ai.provider.name', value: { stringValue: 'openai' } },
                      { key: 'gen_ai.request.model', value: { stringValue: 'gpt-4o' } },
                      { key: 'gen_ai.usage.input_tokens', value: { intValue: '24' } },
                      { key: 'gen_ai.usage.output_tokens', value: { intValue: '3' } },
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
    },
  ],
  exportLogs: [
    {
      name: 'event',
      summary: 'A message of that call, as an event',
      body: {
        resourceLogs: [
          {
            scopeLogs: [
              {
                logRecords: [
                  {
                    traceId: '5b8efff798038103d269b633813fc60c',
                    spanId: 'eee19b7ec3c1b174',
                    timeUnixNano: '1767225600000000000',
                    eventName: 'gen_ai.user.message',
                    body: {
                      kvlistValue: {
                        values: [{ key: 'content', value: { stringValue: 'What is the capital of France?' } }],
                      },
                    },
                  },
                ],
              },
            ],
          },
        ],
      },
    },
  ],
} as const satisfies Record<string, readonly EndpointExample[]>;
