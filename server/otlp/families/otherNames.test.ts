import type { JsonObject } from '#shared/primitives';
import { mapSpan } from '#server/otlp/mapping';
import { anEvent, aSpan } from '#tests/support/otlpFixtures';

const CHAT: JsonObject = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.system': 'openai',
  'gen_ai.request.model': 'gpt-4o',
};

describe('what libraries call by names of their own', () => {
  test.each<[string, JsonObject, JsonObject]>([
    [
      'Semantic Kernel for Python',
      { 'gen_ai.operation.name': 'chat.completions', 'gen_ai.response.finish_reason': 'FinishReason.LENGTH' },
      { finish_reason: 'length', status: 'incomplete' },
    ],
    [
      'Semantic Kernel for .NET',
      { 'gen_ai.response.prompt_tokens': 3, 'gen_ai.response.completion_tokens': 4 },
      { input_tokens: 3, output_tokens: 4 },
    ],
    [
      'LiteLLM',
      { 'llm.request.type': 'acompletion', 'llm.is_streaming': 'True', 'gen_ai.cost.total_cost': 0.0123 },
      { stream: true, cost_usd: 0.0123 },
    ],
    [
      'choices of which one was cut off',
      { 'gen_ai.response.finish_reasons': ['stop', 'length'] },
      { finish_reason: 'length', status: 'incomplete' },
    ],
    [
      'OpenRouter',
      { 'gen_ai.completion': '{"completion":"yes","reasoning":"hm"}' },
      {
        response_content: 'yes',
        response: { choices: [{ message: { content: 'yes', reasoning_content: 'hm' } }] },
      },
    ],
    [
      'one message of an answer without a list',
      { 'gen_ai.output.messages': '{"role":"assistant","parts":[{"type":"text","content":"yes"}]}' },
      { response_content: 'yes' },
    ],
    [
      'instructions that are the first message too',
      {
        'gen_ai.system_instructions': '[{"type":"text","content":"Be kind"}]',
        'gen_ai.input.messages': '[{"role":"system","parts":[{"type":"text","content":"Be kind"}]}]',
      },
      { messages: [{ role: 'system', content: 'Be kind' }] },
    ],
    ['the user among the parameters', { 'gen_ai.request.user': 'user-1' }, { user_id: 'user-1' }],
    [
      'properties of Traceloop in the spelling of JavaScript',
      { 'traceloop.association.properties.userId': 'user-1', 'traceloop.association.properties.sessionId': 's1' },
      { user_id: 'user-1', session_id: 's1' },
    ],
    [
      'a library in the place of the provider, and a model of Bedrock',
      { 'gen_ai.system': 'strands-agents', 'gen_ai.request.model': 'us.anthropic.claude-sonnet-4-20250514-v1:0' },
      { provider: 'aws.bedrock' },
    ],
    ['OpenLIT', { 'gen_ai.request.is_stream': true }, { stream: true }],
    [
      'vLLM',
      { 'gen_ai.latency.time_to_first_token': 0.12, 'gen_ai.request.id': 'cmpl-1' },
      { ttft_ms: 120, provider_request_id: 'cmpl-1' },
    ],
    [
      'counts as chat completions has them',
      {
        'gen_ai.usage.prompt_tokens': 100,
        'gen_ai.usage.completion_tokens': 50,
        'gen_ai.usage.prompt_tokens_details.cached_tokens': 60,
        'gen_ai.usage.completion_tokens_details.reasoning_tokens': 20,
      },
      { input_tokens: 100, output_tokens: 50, cached_input_tokens: 60, reasoning_tokens: 20 },
    ],
    [
      'Cloudflare’s gateway, with messages',
      {
        'gen_ai.model.provider': 'openai',
        'gen_ai.prompt_json': '[{"role":"user","content":"hi"}]',
        'gen_ai.completion_json': '[{"role":"assistant","content":"hello"}]',
      },
      { provider: 'openai', messages: [{ role: 'user', content: 'hi' }], response_content: 'hello' },
    ],
    [
      'Cloudflare’s gateway, with the whole call',
      {
        'gen_ai.prompt_json': '{"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"f"}],"temperature":0.2}',
        'gen_ai.completion_json':
          '{"choices":[{"message":{"role":"assistant","content":"hello"},"finish_reason":"length"}],"usage":{"prompt_tokens":12,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":8}}}',
      },
      {
        messages: [{ role: 'user', content: 'hi' }],
        response_content: 'hello',
        tools: [{ type: 'function', function: { name: 'f' } }],
        parameters: { temperature: 0.2 },
        input_tokens: 12,
        cached_input_tokens: 8,
        status: 'incomplete',
      },
    ],
    [
      'JSON that a model wrote',
      { 'gen_ai.prompt': '{"role":"user","content":"Where?"}', 'gen_ai.completion': '{"city":"Oslo"}' },
      { messages: [{ role: 'user', content: 'Where?' }], response_content: '{"city":"Oslo"}' },
    ],
    [
      'JSON that a model wrote, by Langfuse',
      { 'langfuse.observation.type': 'generation', 'langfuse.observation.output': '{"city":"Oslo"}' },
      { response_content: '{"city":"Oslo"}' },
    ],
    [
      'texts that LangChain generated, by OpenInference',
      {
        'openinference.span.kind': 'LLM',
        'output.mime_type': 'application/json',
        'output.value': '{"generations":[[{"text":"hello","generation_info":null}]]}',
      },
      { response_content: 'hello' },
    ],
    [
      'JSON that a model wrote, by OpenInference',
      {
        'openinference.span.kind': 'LLM',
        'output.mime_type': 'application/json',
        'output.value': '{"city":"Oslo"}',
      },
      { response_content: '{"city":"Oslo"}' },
    ],
    ['an answer as a list of texts', { 'gen_ai.completion': '["hello"]' }, { response_content: 'hello' }],
    [
      'instructions as a text in quotes',
      { 'gen_ai.system_instructions': '"Be kind"' },
      { messages: [{ role: 'system', content: 'Be kind' }] },
    ],
    [
      'Alibaba’s names of user and session',
      { 'gen_ai.user.id': 'user-1', 'gen_ai.session.id': 's1' },
      { user_id: 'user-1', session_id: 's1' },
    ],
    [
      'sequences to stop at as JSON text',
      { 'gen_ai.request.stop_sequences': '["a","b"]' },
      { parameters: { stop: ['a', 'b'] } },
    ],
    [
      'the first versions of Microsoft’s library for .NET',
      { 'gen_ai.response.input_tokens': 10, 'gen_ai.response.output_tokens': 20 },
      { input_tokens: 10, output_tokens: 20 },
    ],
    [
      'sounds as Mastra counts them',
      {
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 50,
        'gen_ai.usage.audio_input_tokens': 4,
        'gen_ai.usage.audio_output_tokens': 5,
      },
      { audio_input_tokens: 4, audio_output_tokens: 5 },
    ],
    [
      'Pydantic AI before its newest names',
      {
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.details.cache_read_input_tokens': 600,
        'gen_ai.usage.details.cache_creation_input_tokens': 100,
        model_request_parameters: '{"function_tools":[{"name":"f","parameters_json_schema":{"type":"object"}}]}',
      },
      {
        input_tokens: 1_000,
        cached_input_tokens: 600,
        cache_write_tokens: 100,
        tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      },
    ],
  ])('%s', (_name, attributes, expected) => {
    expect(mapSpan(aSpan({ attributes: { ...CHAT, ...attributes } })).fields).toMatchObject(expected);
  });

  test.each<[string, JsonObject, string]>([
    ['an embedding of LiteLLM', { 'llm.request.type': 'aembedding', 'gen_ai.request.model': 'm' }, 'embedding'],
    ['a call of AgentScope', { 'gen_ai.span.kind': 'LLM', 'gen_ai.model_name': 'qwen-max' }, 'llm'],
    ['a tool of Dify', { 'gen_ai.span.kind': 'TOOL', 'input.value': '{"a":1}' }, 'tool'],
  ])('%s is one', (_name, attributes, role) => {
    expect(mapSpan(aSpan({ attributes })).role).toBe(role);
  });

  test.each<[string, JsonObject, JsonObject]>([
    [
      'an agent of Strands before its events',
      { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.prompt': 'Weather?', 'gen_ai.completion': 'Sun.' },
      { kind: 'agent', input: 'Weather?', output: 'Sun.' },
    ],
    [
      'an agent of OpenLLMetry with indexed words',
      { 'traceloop.span.kind': 'agent', 'gen_ai.prompt.0.role': 'user', 'gen_ai.prompt.0.content': 'Weather?' },
      { kind: 'agent', input: [{ role: 'user', content: 'Weather?' }] },
    ],
    [
      'a tool of Gemini CLI',
      {
        'gen_ai.operation.name': 'tool_call',
        'gen_ai.tool.name': 'read_file',
        'gen_ai.input.messages': '{"path":"a"}',
        'gen_ai.output.messages': '{"llmContent":"x"}',
      },
      { kind: 'tool', name: 'read_file', input: { path: 'a' }, output: { llmContent: 'x' } },
    ],
    [
      'an agent of Pydantic AI in its first format',
      {
        agent_name: 'weather',
        all_messages_events: '[{"event.name":"gen_ai.user.message","role":"user","content":"Weather?"}]',
        final_result: 'Sun.',
      },
      { kind: 'agent', name: 'weather', input: [{ role: 'user', content: 'Weather?' }], output: 'Sun.' },
    ],
    [
      'a search of Spring AI',
      { 'spring.ai.kind': 'vector_store', 'db.operation.name': 'query', 'db.vector.query.content': 'Weather?' },
      { kind: 'retriever', input: 'Weather?' },
    ],
    [
      'an agent of OpenInference',
      { 'openinference.span.kind': 'AGENT', 'agent.name': 'Researcher' },
      { kind: 'agent', name: 'Researcher' },
    ],
  ])('%s has its words and its name', (_name, attributes, expected) => {
    expect(mapSpan(aSpan({ attributes })).fields).toMatchObject(expected);
  });

  test('a search of OpenLLMetry has what it found', () => {
    const found = anEvent('db.query.result', { 'db.query.result.id': 'a', 'db.query.result.score': 0.5 });
    const { fields } = mapSpan(aSpan({ attributes: { 'db.system': 'pinecone' }, events: [found] }));
    expect(fields).toMatchObject({ kind: 'retriever', output: [{ id: 'a', score: 0.5 }] });
  });

  test('JSON that a model wrote is text in an event too', () => {
    const events = [anEvent('gen_ai.content.completion', { 'gen_ai.completion': '{"city":"Oslo"}' })];
    expect(mapSpan(aSpan({ attributes: CHAT, events })).fields).toMatchObject({ response_content: '{"city":"Oslo"}' });
  });

  test('what a tool of the provider found is no word of the answer', () => {
    const parts = [
      { type: 'server_tool_call', id: '1', name: 'web_search', server_tool_call: { query: 'x' } },
      { type: 'server_tool_call_response', id: '1', server_tool_call_response: { results: [] } },
      { type: 'text', content: 'Found.' },
    ];
    const attributes = { ...CHAT, 'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts }]) };
    expect(mapSpan(aSpan({ attributes })).fields).toMatchObject({
      response_content: 'Found.',
      response: {
        choices: [
          {
            message: {
              content: [{ type: 'tool_result', tool_use_id: '1', content: '{"results":[]}' }, { type: 'text' }],
            },
          },
        ],
      },
    });
  });
});
