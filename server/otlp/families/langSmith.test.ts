import type { JsonObject } from '#shared/primitives';
import { mapSpan } from '#server/otlp/mapping';
import { aSpan } from '#tests/support/otlpFixtures';

const mapped = (attributes: JsonObject) =>
  mapSpan(aSpan({ attributes: { 'gen_ai.system': 'langchain', ...attributes } }));

describe('LangSmith', () => {
  test.each([
    ['prompt', 'chat', 'prompt'],
    ['retriever', 'embeddings', 'retriever'],
    ['chain', 'chain', 'chain'],
    ['tool', 'execute_tool', 'tool'],
  ])('a %s is a step, whatever its operation is called, with its input and output', (kind, operation, role) => {
    const { target, fields } = mapped({
      'langsmith.span.kind': kind,
      'gen_ai.operation.name': operation,
      'gen_ai.prompt': '{"topic":"bears"}',
      'gen_ai.completion': '{"output":"A joke"}',
    });
    expect(target).toBe('span');
    expect(fields).toMatchObject({ kind: role, input: { topic: 'bears' }, output: { output: 'A joke' } });
  });

  test('a call of LangChain has the counts, the model and the reason of its message', () => {
    const kwargs = {
      content: 'hello',
      type: 'ai',
      id: 'run-1',
      response_metadata: { finish_reason: 'length', model_name: 'gpt-4o-mini-2024-07-18' },
      usage_metadata: {
        input_tokens: 120,
        output_tokens: 30,
        input_token_details: { cache_read: 100 },
        output_token_details: { reasoning: 10 },
      },
    };
    const human = { lc: 1, type: 'constructor', id: ['HumanMessage'], kwargs: { content: 'hi', type: 'human' } };
    const { fields } = mapped({
      'langsmith.span.kind': 'llm',
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.usage.input_tokens': 120,
      'gen_ai.usage.output_tokens': 30,
      'langsmith.metadata.user_id': 'user-1',
      'gen_ai.prompt': JSON.stringify({ messages: [[human]] }),
      'gen_ai.completion': JSON.stringify({
        generations: [[{ text: 'hello', message: { lc: 1, type: 'constructor', id: ['AIMessage'], kwargs } }]],
      }),
    });
    expect(fields).toMatchObject({
      messages: [{ role: 'user', content: 'hi' }],
      response_content: 'hello',
      response_model: 'gpt-4o-mini-2024-07-18',
      finish_reason: 'length',
      status: 'incomplete',
      user_id: 'user-1',
      input_tokens: 120,
      cached_input_tokens: 100,
      reasoning_tokens: 10,
    });
    expect(fields).not.toHaveProperty('provider_request_id');
  });

  test('a call of a wrapped client is kept as it was, with its tools and instructions, and without headers', () => {
    const answer = { id: 'msg_1', type: 'message', role: 'assistant', content: [{ type: 'text', text: 'hello' }] };
    const { fields } = mapped({
      'langsmith.span.kind': 'llm',
      'langsmith.request.headers': '{"Authorization":"Bearer x"}',
      'gen_ai.response.finish_reasons': 'stop, length',
      'gen_ai.usage.input_token_details': "{'cache_read': 5}",
      'gen_ai.prompt': JSON.stringify({
        model: 'claude-sonnet-4-5',
        system: 'Be kind',
        messages: [{ role: 'user', content: 'hi' }],
        tools: [{ name: 'f', input_schema: {} }],
        max_tokens: 100,
        extra_headers: { Authorization: 'Bearer x' },
      }),
      'gen_ai.completion': JSON.stringify(answer),
    });
    expect(fields).toMatchObject({
      model: 'claude-sonnet-4-5',
      provider: 'anthropic',
      messages: [
        { role: 'system', content: 'Be kind' },
        { role: 'user', content: 'hi' },
      ],
      response: answer,
      response_content: 'hello',
      tools: [{ type: 'function', function: { name: 'f' } }],
      parameters: { max_tokens: 100 },
      finish_reason: 'length',
      provider_request_id: 'msg_1',
    });
    expect(JSON.stringify(fields)).not.toContain('Bearer');
    expect(fields).not.toHaveProperty('metadata');
  });

  test('a traced function has its own answer, and none where it failed', () => {
    const call = { 'langsmith.span.kind': 'llm', 'gen_ai.prompt': '{"prompt":"hi","temperature":0.5}' };
    const { fields } = mapped({ ...call, 'gen_ai.completion': '{"output":"hello"}' });
    expect(fields).toMatchObject({ response_content: 'hello', parameters: { temperature: 0.5 } });
    const failed = mapped({
      ...call,
      'gen_ai.completion': '{}',
      'exception.type': 'Exception',
      'exception.message': "RateLimitError('Error code: 429 - {}')Traceback",
      'error.type': 'Exception',
    }).fields;
    expect(failed).toMatchObject({ status: 'error', error: { http_status: 429 } });
    expect(failed).not.toHaveProperty('response');
    expect(failed).not.toHaveProperty('response_content');
  });
});
