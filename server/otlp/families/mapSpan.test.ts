import type { JsonObject } from '#shared/primitives';
import { parseLog } from '#server/ingest/parseLog';
import { mapSpan } from '#server/otlp/mapping';
import { anEvent, aSpan } from '#tests/support/otlpFixtures';

const fieldsOf = (attributes: JsonObject, more: Parameters<typeof aSpan>[0] = {}) =>
  mapSpan(aSpan({ attributes, ...more })).fields;

const CHAT: JsonObject = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
};

describe('what a span is', () => {
  test.each<[string, JsonObject, string, string]>([
    ['GenAI chat', CHAT, 'llm', 'request'],
    [
      'GenAI embeddings',
      { 'gen_ai.operation.name': 'embeddings', 'gen_ai.request.model': 'm' },
      'embedding',
      'request',
    ],
    ['GenAI tool', { 'gen_ai.operation.name': 'execute_tool' }, 'tool', 'span'],
    ['GenAI agent', { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.request.model': 'm' }, 'agent', 'span'],
    ['a model without an operation', { 'gen_ai.request.model': 'm' }, 'llm', 'request'],
    ['a tool without an operation', { 'gen_ai.tool.name': 'f' }, 'tool', 'span'],
    ['an operation that nobody knows', { 'gen_ai.operation.name': 'plan' }, 'span', 'span'],
    ['OpenInference', { 'openinference.span.kind': 'RETRIEVER' }, 'retriever', 'span'],
    ['OpenInference in small letters', { 'openinference.span.kind': 'llm', 'llm.model_name': 'm' }, 'llm', 'request'],
    [
      'a reranker that is paid for',
      { 'openinference.span.kind': 'RERANKER', 'llm.token_count.prompt': 9, 'reranker.model_name': 'm' },
      'reranker',
      'request',
    ],
    [
      'a reranker that is not',
      { 'openinference.span.kind': 'RERANKER', 'reranker.model_name': 'm' },
      'reranker',
      'span',
    ],
    [
      'the AI SDK’s outer span, which repeats the usage',
      { 'ai.operationId': 'ai.generateText', 'ai.model.id': 'm', 'ai.usage.inputTokens': 9 },
      'chain',
      'span',
    ],
    ['the AI SDK’s call', { 'ai.operationId': 'ai.streamText.doStream', 'ai.model.id': 'm' }, 'llm', 'request'],
    ['the AI SDK’s tool', { 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'f' }, 'tool', 'span'],
    ['OpenLLMetry’s call', { 'llm.request.type': 'chat', 'traceloop.span.kind': 'task' }, 'llm', 'request'],
    ['OpenLLMetry’s workflow', { 'traceloop.span.kind': 'workflow' }, 'chain', 'span'],
    ['Langfuse’s generation', { 'langfuse.observation.type': 'generation' }, 'llm', 'request'],
    [
      'Langfuse’s span about a call of another library',
      { 'langfuse.observation.type': 'span', ...CHAT },
      'llm',
      'request',
    ],
    ['Langfuse’s guardrail', { 'langfuse.observation.type': 'guardrail' }, 'guardrail', 'span'],
    ['LangSmith’s call', { 'langsmith.span.kind': 'llm' }, 'llm', 'request'],
    ['a search in a store of vectors', { 'db.system': 'qdrant' }, 'retriever', 'span'],
    ['a query of a database', { 'db.system': 'postgresql' }, 'other', 'span'],
    [
      'HTTP, with what is set on every span',
      {
        'http.request.method': 'GET',
        'user.id': 'u',
        'session.id': 's',
        'traceloop.workflow.name': 'w',
        'traceloop.association.properties.a': 'b',
        'langfuse.trace.tags': ['a'],
        'promptlab.user': 'u',
      },
      'other',
      'span',
    ],
  ])('%s', (_, attributes, role, target) => {
    const mapped = mapSpan(aSpan({ attributes, kind: 3 }));
    expect([mapped.role, mapped.target]).toEqual([role, target]);
  });
});

describe('precedence', () => {
  test('promptlab, Langfuse, GenAI, OpenInference, AI SDK, old names: field by field', () => {
    const all: JsonObject = {
      'gen_ai.usage.prompt_tokens': 1,
      'ai.model.id': 'of-ai-sdk',
      'llm.model_name': 'of-openinference',
      'llm.token_count.prompt': 3,
      'gen_ai.request.model': 'of-genai',
      'gen_ai.usage.input_tokens': 4,
      'user.id': 'general',
    };
    expect(fieldsOf(all)).toMatchObject({
      model: 'of-genai',
      response_model: 'of-openinference',
      input_tokens: 4,
      user_id: 'general',
    });
    const more = {
      ...all,
      'langfuse.observation.model.name': 'of-langfuse',
      'langfuse.user.id': 'langfuse',
      'promptlab.user': 'ours',
    };
    expect(fieldsOf(more)).toMatchObject({ model: 'of-langfuse', user_id: 'ours' });
  });

  test('the AI SDK tells details of its usage under its own names alone', () => {
    const fields = fieldsOf({
      'ai.operationId': 'ai.generateText.doGenerate',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
      'ai.usage.inputTokens': 100,
      'ai.usage.outputTokens': 20,
      'ai.usage.cachedInputTokens': 40,
      'ai.usage.reasoningTokens': 8,
    });
    expect(fields).toMatchObject({
      input_tokens: 100,
      output_tokens: 20,
      cached_input_tokens: 40,
      reasoning_tokens: 8,
    });
  });

  test('tags and metadata of all are put together', () => {
    const fields = fieldsOf({
      ...CHAT,
      'promptlab.tags': '{"team":"search"}',
      'langfuse.trace.tags': ['beta', 'team:other', 'region:eu'],
      'promptlab.metadata.plan': 'pro',
      'langfuse.observation.metadata.step': '{"n":1}',
      'server.address': 'api.openai.com',
    });
    expect(fields.tags).toEqual({ team: 'search', beta: 'true', region: 'eu' });
    expect(fields.metadata).toEqual({ plan: 'pro', step: { n: 1 }, 'server.address': 'api.openai.com' });
  });
});

describe('numbers', () => {
  test('Langfuse’s buckets lie beside each other: 60 and 40 cached are 100', () => {
    const fields = fieldsOf({
      'langfuse.observation.type': 'generation',
      'langfuse.observation.usage_details':
        '{"input":60,"input_cached_tokens":40,"output":20,"output_reasoning_tokens":10,"total":130}',
    });
    expect(fields).toMatchObject({
      input_tokens: 100,
      cached_input_tokens: 40,
      output_tokens: 30,
      reasoning_tokens: 10,
    });
  });

  test('Langfuse filled in by hand: the total says that the parts are within', () => {
    const usage = '{"input":100,"input_cached_tokens":40,"output":20,"total":120}';
    const fields = fieldsOf({ 'langfuse.observation.type': 'generation', 'langfuse.observation.usage_details': usage });
    expect(fields).toMatchObject({ input_tokens: 100, cached_input_tokens: 40, output_tokens: 20 });
  });

  test('no usage is no field, and noted', () => {
    const mapped = mapSpan(aSpan({ attributes: CHAT }));
    expect(mapped.fields).not.toHaveProperty('input_tokens');
    expect(mapped.fields).not.toHaveProperty('output_tokens');
    expect(mapped.notes).toEqual(['no_usage']);
  });

  test('a cost that somebody computed', () => {
    expect(fieldsOf({ ...CHAT, 'gen_ai.usage.cost': 0.0012 }).cost_usd).toBe(0.0012);
    expect(fieldsOf({ ...CHAT, 'llm.cost.prompt': 0.25, 'llm.cost.completion': 0.5 }).cost_usd).toBe(0.75);
    const details = {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.cost_details': '{"input":0.25,"output":0.5}',
    };
    expect(fieldsOf(details).cost_usd).toBe(0.75);
  });

  test('zeros that Langfuse writes for a failed call are no cost', () => {
    const failed = {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.level': 'ERROR',
      'langfuse.observation.cost_details': '{"input":0,"output":0,"total":0}',
    };
    expect(fieldsOf(failed)).not.toHaveProperty('cost_usd');
  });

  test.each<[string, JsonObject, number]>([
    ['seconds', { 'gen_ai.response.time_to_first_chunk': 0.25 }, 250],
    ['milliseconds', { 'ai.operationId': 'ai.streamText.doStream', 'ai.response.msToFirstChunk': 250.5 }, 250.5],
    [
      'a time in the quotes of JSON',
      {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.completion_start_time': '"2025-11-26T09:40:00.250Z"',
      },
      250,
    ],
  ])('time to the first token as %s', (_, attributes, ms) => {
    expect(fieldsOf({ ...CHAT, ...attributes }).ttft_ms).toBe(ms);
  });
});

describe('errors', () => {
  const exception = anEvent('exception', { 'exception.type': 'RateLimitError', 'exception.message': '429 Too many' });
  test.each<[string, JsonObject, Parameters<typeof aSpan>[0], JsonObject]>([
    ['the status of the span', {}, { status: { code: 2, message: 'It broke.' } }, { message: 'It broke.' }],
    ['error.type', { 'error.type': 'timeout' }, {}, { type: 'timeout' }],
    [
      'an exception',
      {},
      { events: [exception] },
      { type: 'RateLimitError', message: '429 Too many', http_status: 429 },
    ],
    [
      'Langfuse’s level, where the status says nothing',
      { 'langfuse.observation.level': 'ERROR', 'langfuse.observation.status_message': 'Error code: 500 - {}' },
      {},
      { message: 'Error code: 500 - {}', http_status: 500 },
    ],
    ['a status of HTTP', { 'error.type': '503' }, {}, { type: '503', http_status: 503 }],
  ])('%s', (_, attributes, more, error) => {
    const fields = fieldsOf({ ...CHAT, ...attributes }, more);
    expect([fields.status, fields.error]).toEqual(['error', error]);
  });

  test('a caller who aborts', () => {
    expect(fieldsOf({ ...CHAT, 'error.type': 'APIUserAbortError' }).status).toBe('aborted');
  });

  test('a model that stops early', () => {
    expect(fieldsOf({ ...CHAT, 'gen_ai.response.finish_reasons': ['length'] })).toMatchObject({
      status: 'incomplete',
      finish_reason: 'length',
    });
  });

  test('a span that has not ended', () => {
    expect(fieldsOf(CHAT, { endNano: null }).status).toBe('incomplete');
  });

  test('a tool that fails', () => {
    const fields = fieldsOf(
      { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'f' },
      { events: [exception] },
    );
    expect(fields).toMatchObject({ kind: 'tool', name: 'f', status: 'error', error: { http_status: 429 } });
  });
});

describe('steps', () => {
  test('what they report of calls below them counts nowhere', () => {
    const fields = fieldsOf({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.request.model': 'm',
      'gen_ai.usage.input_tokens': 9,
      'gen_ai.agent.name': 'planner',
    });
    expect(fields).not.toHaveProperty('input_tokens');
    expect(fields.metadata).toEqual({ reported: { model: 'm', input_tokens: 9 } });
    expect(fields.name).toBe('planner');
  });

  test('arguments and result of a tool', () => {
    const fields = fieldsOf({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_weather',
      'gen_ai.tool.call.arguments': '{"city":"Paris"}',
      'gen_ai.tool.call.result': { degrees: 24 },
    });
    expect(fields).toEqual({
      name: 'get_weather',
      kind: 'tool',
      status: 'success',
      input: { city: 'Paris' },
      output: { degrees: 24 },
    });
  });

  test('documents that were found', () => {
    const fields = fieldsOf({
      'openinference.span.kind': 'RETRIEVER',
      'input.value': 'weather',
      'retrieval.documents.0.document.content': 'Paris is sunny.',
      'retrieval.documents.0.document.score': 0.9,
    });
    expect([fields.input, fields.output]).toEqual(['weather', [{ content: 'Paris is sunny.', score: 0.9 }]]);
  });
});

describe('prompts, environments, releases', () => {
  test('of Langfuse, of the AI SDK, and our own', () => {
    expect(
      fieldsOf({ ...CHAT, 'langfuse.observation.prompt.name': 'greet', 'langfuse.observation.prompt.version': 3 }),
    ).toMatchObject({ prompt_slug: 'greet', prompt_version: '3' });
    const aiSdk = {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.telemetry.metadata.langfusePrompt': '{"name":"greet","version":2,"isFallback":false}',
    };
    expect(fieldsOf(aiSdk)).toMatchObject({ prompt_slug: 'greet', prompt_version: '2' });
    const ours = {
      'promptlab.prompt.slug': 'greet',
      'promptlab.prompt.version': 5,
      'promptlab.prompt.variables': '{"name":"Ada"}',
    };
    expect(fieldsOf({ ...CHAT, ...ours })).toMatchObject({
      prompt_slug: 'greet',
      prompt_version: '5',
      prompt_variables: { name: 'Ada' },
    });
  });

  test('of the resource, unless the span says something else', () => {
    const resource = {
      'deployment.environment.name': 'staging',
      'service.version': '1.4.2',
      'service.name': 'app',
      'process.pid': 1,
    };
    const fields = fieldsOf(CHAT, { resource });
    expect(fields).toMatchObject({ environment: 'staging', release: '1.4.2', metadata: { 'service.name': 'app' } });
    expect(fieldsOf({ ...CHAT, 'langfuse.environment': 'prod' }, { resource }).environment).toBe('prod');
  });
});

describe('Pydantic AI', () => {
  test('a tool, and the agent around it', () => {
    const tool = fieldsOf({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_weather',
      tool_arguments: '{"city":"Paris"}',
      tool_response: '{"degrees":24}',
    });
    expect(tool).toMatchObject({ name: 'get_weather', input: { city: 'Paris' }, output: { degrees: 24 } });
    const agent = fieldsOf({
      'gen_ai.operation.name': 'invoke_agent',
      'pydantic_ai.all_messages': '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]',
      final_result: 'Hello',
    });
    expect(agent).toMatchObject({ kind: 'agent', input: [{ role: 'user', content: 'Hi' }], output: 'Hello' });
  });

  test('its first format, with all messages as events in one attribute', () => {
    const events = [
      { 'event.name': 'gen_ai.system.message', content: 'Be brief.', role: 'system', 'gen_ai.message.index': 0 },
      { 'event.name': 'gen_ai.user.message', content: 'Hi', role: 'user', 'gen_ai.message.index': 0 },
      { 'event.name': 'gen_ai.choice', index: 0, message: { role: 'assistant', content: 'Hello' } },
    ];
    const fields = fieldsOf({ ...CHAT, events: JSON.stringify(events), 'logfire.json_schema': '{}' });
    expect(fields).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      response_content: 'Hello',
    });
    expect(fields).not.toHaveProperty('metadata');
  });
});

test('headers of a call may hold credentials, and are not kept', () => {
  const fields = fieldsOf({
    'ai.operationId': 'ai.generateText',
    'ai.request.headers.authorization': 'Bearer secret',
    'llm.headers': "{'Authorization': 'Bearer secret'}",
    'gen_ai.headers': "{'Authorization': 'Bearer secret'}",
  });
  expect(JSON.stringify(fields)).not.toContain('secret');
});

test.each(['gen_ai.content.prompt', 'gen_ai.content.completion'])('an event %s of 150,000 messages is read', (name) => {
  const words = JSON.stringify(Array.from({ length: 150_000 }, () => ({ role: 'user', content: 'x' })));
  const event = anEvent(name, { 'gen_ai.prompt': words, 'gen_ai.completion': words });
  expect(fieldsOf(CHAT, { events: [event] })).toMatchObject({ model: 'gpt-4o' });
});

test('a message with 150,000 annotations that nobody knows is read', () => {
  const message = { role: 'user', parts: [{ type: 'text', content: 'Hi' }], annotations: Array(150_000).fill(1) };
  const fields = fieldsOf({ ...CHAT, 'gen_ai.input.messages': JSON.stringify([message]) });
  expect(fields).toMatchObject({ messages: [{ role: 'user' }] });
});

test('texts that are too long for a field, or hold line breaks, cost no call', () => {
  const fields = fieldsOf({
    ...CHAT,
    'user.id': `a\nb${'x'.repeat(400)}`,
    [`k${'e'.repeat(400)}y`]: 1,
    'gen_ai.conversation.id': ' ',
  });
  expect(parseLog({ ...fields })).toMatchObject({ user_id: `a b${'x'.repeat(253)}`, model: 'gpt-4o' });
});
