import type { JsonObject } from '#shared/primitives';
import { mapSpan } from '#server/otlp/mapping';
import { aSpan } from '#tests/support/otlpFixtures';

const mapped = (name: string, attributes: JsonObject) => mapSpan(aSpan({ name, attributes }));

describe('Google’s Agent Development Kit', () => {
  test('a call has its words, tools, thoughts and session', () => {
    const request = {
      model: 'gemini-2.5-flash',
      config: {
        system_instruction: 'Be kind',
        tools: [{ function_declarations: [{ name: 'get_weather', parameters: { type: 'OBJECT' } }] }],
      },
      contents: [{ role: 'user', parts: [{ text: 'Weather?' }] }],
    };
    const response = {
      content: {
        role: 'model',
        parts: [{ function_call: { id: 'adk-1', name: 'get_weather', args: { city: 'Oslo' } } }],
      },
      finish_reason: 'STOP',
      usage_metadata: {
        prompt_token_count: 100,
        candidates_token_count: 12,
        thoughts_token_count: 30,
        total_token_count: 142,
      },
    };
    const { role, fields } = mapped('call_llm', {
      'gen_ai.system': 'gcp.vertex.agent',
      'gen_ai.request.model': 'gemini-2.5-flash',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 12,
      'gcp.vertex.agent.session_id': 'session-1',
      'gcp.vertex.agent.llm_request': JSON.stringify(request),
      'gcp.vertex.agent.llm_response': JSON.stringify(response),
    });
    expect(role).toBe('llm');
    expect(fields).toMatchObject({
      provider: 'google',
      session_id: 'session-1',
      messages: [
        { role: 'system', content: 'Be kind' },
        { role: 'user', content: 'Weather?' },
      ],
      response: {
        choices: [
          {
            message: {
              tool_calls: [{ id: 'adk-1', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } }],
            },
          },
        ],
      },
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'OBJECT' } } }],
      input_tokens: 100,
      output_tokens: 42,
      reasoning_tokens: 30,
      finish_reason: 'stop',
    });
  });

  test('a tool has its arguments and its result', () => {
    const { fields } = mapped('execute_tool get_weather', {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_weather',
      'gcp.vertex.agent.tool_call_args': '{"city":"Oslo"}',
      'gcp.vertex.agent.tool_response': '{"result":"sun"}',
      'gcp.vertex.agent.llm_request': '{}',
      'gcp.vertex.agent.llm_response': '{}',
    });
    expect(fields).toMatchObject({ kind: 'tool', input: { city: 'Oslo' }, output: { result: 'sun' } });
  });
});

describe('Claude Code', () => {
  test('a request has its counts, with what the cache gave and took in the input', () => {
    const { role, fields } = mapped('claude_code.llm_request', {
      'span.type': 'llm_request',
      'session.id': 'session-1',
      model: 'claude-sonnet-4-5-20250929',
      input_tokens: 5_000,
      output_tokens: 200,
      cache_read_tokens: 3_000,
      cache_creation_tokens: 500,
      ttft_ms: 812,
      success: true,
      stop_reason: 'end_turn',
    });
    expect(role).toBe('llm');
    expect(fields).toMatchObject({
      model: 'claude-sonnet-4-5-20250929',
      provider: 'anthropic',
      session_id: 'session-1',
      input_tokens: 8_500,
      output_tokens: 200,
      cached_input_tokens: 3_000,
      cache_write_tokens: 500,
      ttft_ms: 812,
      finish_reason: 'end_turn',
    });
  });

  test('a request that failed is an error, a tool is a tool', () => {
    const failed = { success: false, error: 'Overloaded', status_code: 529 };
    expect(mapped('claude_code.llm_request', failed).fields).toMatchObject({
      status: 'error',
      error: { message: 'Overloaded' },
    });
    expect(mapped('claude_code.tool', { tool_name: 'Bash', full_command: 'ls' }).fields).toMatchObject({
      kind: 'tool',
      name: 'Bash',
      input: 'ls',
    });
  });
});

test('Spring AI: a tool is one, and parameters that came as text are numbers', () => {
  const tool = mapped('tool_call getWeather', {
    'gen_ai.operation.name': 'framework',
    'spring.ai.kind': 'tool_call',
    'spring.ai.tool.definition.name': 'getWeather',
    'spring.ai.tool.call.arguments': '{"city":"Oslo"}',
    'spring.ai.tool.call.result': '"sun"',
  });
  expect(tool.fields).toMatchObject({ kind: 'tool', name: 'getWeather', input: { city: 'Oslo' }, output: 'sun' });
  const call = mapped('chat m', { 'gen_ai.operation.name': 'chat', 'gen_ai.request.temperature': '0.7' });
  expect(call.fields).toMatchObject({ parameters: { temperature: 0.7 } });
});

test('Logfire: what was sent and what came back are the words of a call', () => {
  const { fields } = mapped('Chat Completion', {
    'gen_ai.request.model': 'gpt-4o',
    request_data: '{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"temperature":0}',
    response_data:
      '{"message":{"role":"assistant","content":"Hi!"},"usage":{"prompt_tokens":10,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":3}}}',
  });
  expect(fields).toMatchObject({
    messages: [{ role: 'user', content: 'Hello' }],
    response_content: 'Hi!',
    parameters: { temperature: 0 },
    input_tokens: 10,
    output_tokens: 4,
    cached_input_tokens: 3,
  });
});

test('Haystack: a generator that tells its replies is a call, other components are steps', () => {
  const { role, fields } = mapped('haystack.component.run', {
    'haystack.component.name': 'llm',
    'haystack.component.type': 'OpenAIChatGenerator',
    'haystack.component.input': '{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}',
    'haystack.component.output': JSON.stringify({
      replies: [
        {
          role: 'assistant',
          content: [{ reasoning: { reasoning_text: 'hm', extra: {} } }, { text: 'Hi!' }],
          meta: { model: 'gpt-4o', finish_reason: 'length', usage: { prompt_tokens: 3, completion_tokens: 4 } },
        },
      ],
    }),
  });
  expect(role).toBe('llm');
  expect(fields).toMatchObject({
    name: 'llm',
    model: 'gpt-4o',
    provider: 'openai',
    messages: [{ role: 'user', content: 'Hello' }],
    response: { choices: [{ message: { content: 'Hi!', reasoning_content: 'hm' } }] },
    response_content: 'Hi!',
    input_tokens: 3,
    output_tokens: 4,
    status: 'incomplete',
  });
  expect(mapped('haystack.pipeline.run', { 'haystack.pipeline.input_data': '{"q":1}' })).toMatchObject({
    role: 'chain',
    fields: { input: { q: 1 } },
  });
  const silent = { 'haystack.component.name': 'llm', 'haystack.component.type': 'OpenAIChatGenerator' };
  expect(mapped('haystack.component.run', silent).role).toBe('chain');
});
