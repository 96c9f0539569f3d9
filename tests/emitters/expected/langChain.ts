/** LangChain by three instrumentations: a chain of a prompt, a model and a parser; an agent with a tool; a failed call. */
import type { JsonObject } from '#shared/primitives';
import type { SpanRole } from '#server/otlp/mapping';
import {
  aCall,
  aCallingAnswer,
  aHistory,
  ANSWER,
  ASKED,
  type ExpectedSpan,
  NO_AUDIO,
  PERSON,
  QUESTION,
  RESULT,
  SERVED,
  SERVICE,
  TOOLS,
  TOTALS,
  USAGE,
} from './scenario.ts';

const ALL: JsonObject = { ...SERVICE, ...PERSON };
const FAILURE = {
  type: 'langchain_openai.chat_models.base.OpenAIRateLimitError',
  message: 'Error code: 429 - slow down',
  http_status: 429,
};

function step(span: string, role: SpanRole, fields: JsonObject): ExpectedSpan {
  return { span, role, fields: { name: span, kind: role, status: 'success', ...ALL, ...fields }, isPartial: true };
}

interface Calls {
  readonly span: string;
  /** Fields of every call. */
  readonly all: JsonObject;
  readonly answered: JsonObject;
  readonly chat: JsonObject;
  readonly tool: JsonObject;
  readonly result: JsonObject;
  readonly failed: JsonObject;
}

/** Those of the chain, of the agent (two), and the failed one. */
function calls({ span, all, answered, chat, tool, result, failed }: Calls): {
  chat: ExpectedSpan;
  tool: ExpectedSpan;
  result: ExpectedSpan;
  failed: ExpectedSpan;
} {
  const one = (fields: JsonObject): ExpectedSpan => ({
    span,
    role: 'llm',
    fields: { name: span, provider: 'openai', ...ALL, ...all, ...fields },
    notes: 'input_tokens' in fields ? [] : ['no_usage'],
  });
  return {
    chat: one({ messages: ASKED, response_content: ANSWER, parameters: { temperature: 0.2 }, ...answered, ...chat }),
    tool: one({ messages: ASKED, tools: TOOLS, ...answered, ...tool }),
    result: one({ response_content: ANSWER, tools: TOOLS, ...answered, ...result }),
    failed: one({ messages: [{ role: 'user', content: QUESTION }], model: 'status-429', status: 'error', ...failed }),
  };
}

const MODEL = { model: 'gpt-4o-mini', response_model: SERVED };

const openInference = (() => {
  const call = aCall('{"city": "Paris"}');
  const made = calls({
    span: 'ChatOpenAI',
    all: { stream: false },
    answered: { ...MODEL, ...USAGE, ...NO_AUDIO },
    chat: { finish_reason: 'stop' },
    tool: { response: aCallingAnswer(call, {}), finish_reason: 'tool_calls' },
    result: {
      messages: aHistory({ call, assistant: { name: 'weather_agent' }, tool: { name: 'get_weather' } }),
      finish_reason: 'stop',
    },
    failed: { response_model: 'status-429', error: FAILURE },
  });
  return [
    step('ChatPromptTemplate', 'prompt', { input: QUESTION }),
    made.chat,
    step('StrOutputParser', 'chain', { output: ANSWER }),
    step('RunnableSequence', 'chain', { input: QUESTION, output: ANSWER }),
    made.tool,
    step('model', 'chain', {}),
    step('get_weather', 'tool', { input: 'Paris', output: RESULT }),
    step('tools', 'chain', {
      input: [{ name: 'get_weather', args: { city: 'Paris' }, id: 'call_weather', type: 'tool_call' }],
    }),
    made.result,
    step('model', 'chain', {}),
    step('weather_agent', 'agent', { input: { messages: [{ role: 'user', content: QUESTION }] } }),
    made.failed,
  ];
})();

const traceloop = (() => {
  const made = calls({
    span: 'ChatOpenAI.chat',
    all: {},
    // It drops the reasoning.
    answered: { ...MODEL, ...TOTALS, cached_input_tokens: 40 },
    chat: { finish_reason: 'stop', provider_request_id: 'chatcmpl-text' },
    tool: { response: aCallingAnswer(), finish_reason: 'tool_calls', provider_request_id: 'chatcmpl-tool' },
    result: { messages: aHistory(), finish_reason: 'stop', provider_request_id: 'chatcmpl-text' },
    failed: { response_model: 'status-429', error: FAILURE },
  });
  const named = (span: string, name: string, role: SpanRole, fields: JsonObject): ExpectedSpan =>
    step(span, role, { name, ...fields });
  return [
    named('execute_task ChatPromptTemplate', 'ChatPromptTemplate', 'chain', { input: { question: QUESTION } }),
    made.chat,
    named('execute_task StrOutputParser', 'StrOutputParser', 'chain', { output: ANSWER }),
    named('RunnableSequence.workflow', 'RunnableSequence', 'agent', { input: { question: QUESTION }, output: ANSWER }),
    {
      ...step('create_agent weather_agent', 'agent', {}),
      fields: { ...SERVICE, kind: 'agent', name: 'create_agent weather_agent' },
    },
    made.tool,
    named('execute_task model', 'model', 'chain', {}),
    named('execute_tool get_weather', 'get_weather', 'tool', { output: RESULT }),
    named('execute_task tools', 'tools', 'chain', {
      input: [{ name: 'get_weather', args: { city: 'Paris' }, id: 'call_weather', type: 'tool_call' }],
    }),
    made.result,
    named('execute_task model', 'model', 'chain', {}),
    named('weather_agent.workflow', 'weather_agent', 'agent', {
      input: { messages: [{ role: 'user', content: QUESTION }] },
    }),
    {
      ...step('invoke_agent weather_agent', 'agent', {}),
      fields: { ...SERVICE, kind: 'agent', name: 'weather_agent' },
    },
    made.failed,
  ];
})();

const langfuse = (() => {
  const tags = { tags: { beta: 'true' } };
  const made = calls({
    span: 'ChatOpenAI',
    all: tags,
    // It names the model that answered, and no reason.
    answered: { model: SERVED, ...USAGE, ...NO_AUDIO },
    chat: {},
    tool: { response: aCallingAnswer(undefined, {}) },
    result: { messages: aHistory() },
    failed: { error: { message: FAILURE.message, http_status: 429 } },
  });
  return [
    step('ChatPromptTemplate', 'chain', { ...tags, input: { question: QUESTION } }),
    made.chat,
    step('StrOutputParser', 'chain', { ...tags, output: ANSWER }),
    step('RunnableSequence', 'chain', { ...tags, input: { question: QUESTION }, output: ANSWER }),
    made.tool,
    step('model', 'chain', tags),
    step('get_weather', 'tool', { ...tags, input: { city: 'Paris' }, output: RESULT }),
    step('tools', 'chain', tags),
    made.result,
    step('model', 'chain', tags),
    step('weather_agent', 'agent', { ...tags, input: { messages: [{ role: 'user', content: QUESTION }] } }),
    made.failed,
  ];
})();

export const LANG_CHAIN: Readonly<Record<string, readonly ExpectedSpan[]>> = {
  'openinference-langchain-py': openInference,
  'traceloop-langchain-py': traceloop,
  'langfuse-langchain-py': langfuse,
};
