import type { JsonObject } from '#shared/primitives';
import { mapSpan } from '#server/otlp/mapping';
import { aSpan } from '#tests/support/otlpFixtures';

const mapped = (attributes: JsonObject, name = 'step') => mapSpan(aSpan({ name, attributes }));

describe('MLflow', () => {
  test('a call has its words, tools, counts and model, which are JSON in quotes', () => {
    const answer = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5-20250929',
      content: [{ type: 'text', text: 'hello' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 12, output_tokens: 3, cache_read_input_tokens: 100 },
    };
    const { fields } = mapped({
      'mlflow.spanType': '"CHAT_MODEL"',
      'mlflow.llm.model': '"claude-sonnet-4-5"',
      'mlflow.llm.provider': '"anthropic"',
      'mlflow.chat.tokenUsage': '{"input_tokens":12,"output_tokens":3,"total_tokens":15}',
      'mlflow.chat.tools': '[{"type":"function","function":{"name":"f"}}]',
      'mlflow.linkedPrompts': '[{"name":"greeting","version":"3"}]',
      'mlflow.spanInputs': JSON.stringify({ system: 'Be kind', messages: [{ role: 'user', content: 'hi' }] }),
      'mlflow.spanOutputs': JSON.stringify(answer),
    });
    expect(fields).toMatchObject({
      model: 'claude-sonnet-4-5',
      response_model: 'claude-sonnet-4-5-20250929',
      provider: 'anthropic',
      messages: [
        { role: 'system', content: 'Be kind' },
        { role: 'user', content: 'hi' },
      ],
      response: answer,
      response_content: 'hello',
      tools: [{ type: 'function', function: { name: 'f' } }],
      input_tokens: 112,
      cached_input_tokens: 100,
      output_tokens: 3,
      prompt_slug: 'greeting',
      prompt_version: '3',
      provider_request_id: 'msg_1',
    });
  });

  test('vectors are not kept as an answer', () => {
    const { role, fields } = mapped({
      'mlflow.spanType': '"EMBEDDING"',
      'mlflow.spanInputs': '{"model":"text-embedding-3-small","input":"hi"}',
      'mlflow.spanOutputs': '{"data":[{"embedding":[0.1]}],"usage":{"prompt_tokens":2,"total_tokens":2}}',
    });
    expect(role).toBe('embedding');
    expect(fields).toMatchObject({ model: 'text-embedding-3-small', messages: 'hi', input_tokens: 2 });
    expect(JSON.stringify(fields)).not.toContain('0.1');
  });

  test('a tool has its arguments and its result', () => {
    const { fields } = mapped({
      'mlflow.spanType': '"TOOL"',
      'mlflow.spanInputs': '{"city":"Oslo"}',
      'mlflow.spanOutputs': '"sun"',
    });
    expect(fields).toMatchObject({ kind: 'tool', input: { city: 'Oslo' }, output: 'sun' });
  });
});

describe('Braintrust', () => {
  test.each<[string, JsonObject]>([
    [
      'of Java, with one attribute of each kind',
      {
        'braintrust.span_attributes': '{"type":"llm"}',
        'braintrust.metadata': '{"provider":"openai","model":"gpt-4o-mini","temperature":0.1}',
        'braintrust.metrics':
          '{"prompt_tokens":12,"completion_tokens":3,"tokens":15,"prompt_cached_tokens":8,"time_to_first_token":0.25}',
      },
    ],
    [
      'of .NET, with one attribute of each member',
      {
        'braintrust.span_attributes.type': 'llm',
        'braintrust.metadata.provider': 'openai',
        'braintrust.metadata.model': 'gpt-4o-mini',
        'braintrust.metadata.temperature': 0.1,
        'braintrust.metrics.prompt_tokens': 12,
        'braintrust.metrics.completion_tokens': 3,
        'braintrust.metrics.tokens': 15,
        'braintrust.metrics.prompt_cached_tokens': 8,
        'braintrust.metrics.time_to_first_token': 0.25,
      },
    ],
  ])('a call %s', (_name, attributes) => {
    const { fields } = mapped({
      ...attributes,
      'braintrust.input_json': '[{"role":"user","content":"hi"}]',
      'braintrust.output_json': '[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"hello"}}]',
    });
    expect(fields).toMatchObject({
      model: 'gpt-4o-mini',
      provider: 'openai',
      messages: [{ role: 'user', content: 'hi' }],
      response_content: 'hello',
      finish_reason: 'stop',
      parameters: { temperature: 0.1 },
      input_tokens: 12,
      output_tokens: 3,
      cached_input_tokens: 8,
      ttft_ms: 250,
    });
  });

  test('what is set on every span is no sign of AI work', () => {
    expect(mapped({ 'braintrust.parent': 'project_name:shop' }).role).toBe('other');
  });
});

describe('Mastra', () => {
  test('an agent has its instructions, its input and its output', () => {
    const { fields } = mapped({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'weather',
      'gen_ai.system_instructions': 'Be kind',
      'mastra.span.type': 'agent_run',
      'mastra.agent_run.input': '[{"role":"user","content":"Weather?"}]',
      'mastra.agent_run.output': '{"text":"Sun."}',
      'mastra.metadata.userId': 'user-1',
    });
    expect(fields).toMatchObject({
      kind: 'agent',
      name: 'weather',
      user_id: 'user-1',
      input: [
        { role: 'system', content: 'Be kind' },
        { role: 'user', content: 'Weather?' },
      ],
      output: { text: 'Sun.' },
    });
  });

  test('a step of a workflow is a chain with its input and output', () => {
    const { fields } = mapped({
      'gen_ai.operation.name': 'workflow_step',
      'mastra.span.type': 'workflow_step',
      'mastra.workflow_step.input': '{"a":1}',
      'mastra.workflow_step.output': 'done',
    });
    expect(fields).toMatchObject({ kind: 'chain', input: { a: 1 }, output: 'done' });
  });

  test('a call has the time to its first token', () => {
    const { fields } = mapped({
      'gen_ai.operation.name': 'chat',
      'mastra.span.type': 'model_generation',
      'mastra.completion_start_time': new Date(aSpan().startedAt.getTime() + 420).toISOString(),
    });
    expect(fields).toMatchObject({ ttft_ms: 420 });
  });
});

describe('Genkit', () => {
  test('a model is called with parts of its own, and counts its thoughts beside its answer', () => {
    const input = {
      messages: [
        { role: 'system', content: [{ text: 'Be kind' }] },
        { role: 'model', content: [{ toolRequest: { name: 'weather', ref: '0', input: { city: 'Oslo' } } }] },
        { role: 'tool', content: [{ toolResponse: { name: 'weather', ref: '0', output: 'sun' } }] },
      ],
      tools: [{ name: 'weather', inputSchema: { type: 'object' } }],
      config: { temperature: 0.2 },
    };
    const output = {
      message: { role: 'model', content: [{ reasoning: 'Hm.' }, { text: 'Sun.' }] },
      finishReason: 'stop',
      usage: { inputTokens: 5, outputTokens: 7, totalTokens: 20, thoughtsTokens: 8 },
    };
    const { role, fields } = mapped({
      'genkit:type': 'action',
      'genkit:metadata:subtype': 'model',
      'genkit:name': 'googleai/gemini-2.5-flash',
      'genkit:metadata:context': '{"auth":{"rawToken":"secret"}}',
      'genkit:input': JSON.stringify(input),
      'genkit:output': JSON.stringify(output),
    });
    expect(role).toBe('llm');
    expect(fields).toMatchObject({
      model: 'gemini-2.5-flash',
      provider: 'googleai',
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be kind' }] },
        { role: 'assistant', tool_calls: [{ id: '0', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }] },
        { role: 'tool', tool_call_id: '0', content: 'sun' },
      ],
      response: { choices: [{ message: { content: 'Sun.', reasoning_content: 'Hm.' }, finish_reason: 'stop' }] },
      tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
      parameters: { temperature: 0.2 },
      input_tokens: 5,
      output_tokens: 15,
      reasoning_tokens: 8,
    });
    expect(JSON.stringify(fields)).not.toContain('secret');
  });

  test('an embedder is told what vectors are made of', () => {
    const { fields } = mapped({
      'genkit:type': 'action',
      'genkit:metadata:subtype': 'embedder',
      'genkit:name': 'googleai/text-embedding-004',
      'genkit:input': '{"input":[{"content":[{"text":"a"}]},{"content":[{"text":"b"}]}]}',
      'genkit:output': '{"embeddings":[{"embedding":[0.1]}]}',
    });
    expect(fields).toMatchObject({ endpoint: 'embeddings', model: 'text-embedding-004', messages: ['a', 'b'] });
    expect(JSON.stringify(fields)).not.toContain('0.1');
  });

  test('a flow and a tool are steps with their input and output', () => {
    const flow = { 'genkit:type': 'action', 'genkit:metadata:subtype': 'flow', 'genkit:name': 'menu' };
    expect(mapped({ ...flow, 'genkit:input': '"soup"', 'genkit:output': '{"a":1}' }).fields).toMatchObject({
      kind: 'chain',
      name: 'menu',
      input: 'soup',
      output: { a: 1 },
    });
    expect(mapped({ ...flow, 'genkit:metadata:subtype': 'tool' }).fields).toMatchObject({ kind: 'tool' });
  });
});
