/** An agent with one tool, by the frameworks of `python/frameworks.py`. Their steps tell much more than is repeated here. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '#server/otlp/mapping';
import {
  aCall,
  aCallingAnswer,
  aHistory,
  ANSWER,
  ASKED,
  type ExpectedSpan,
  HTTP_SPAN,
  NO_AUDIO,
  PERSON,
  QUESTION,
  SERVED,
  SERVICE,
  SOME_TEXT,
  TOOLS,
  TOTALS,
  USAGE,
} from './scenario.ts';

function step(span: string, role: SpanRole, fields: JsonObject = {}): ExpectedSpan {
  return { span, role, fields: { ...SERVICE, name: span, kind: role, status: 'success', ...fields }, isPartial: true };
}

function call(span: string, fields: JsonObject): ExpectedSpan {
  return {
    span,
    role: 'llm',
    fields: { ...SERVICE, name: span, provider: 'openai', model: 'gpt-4o-mini', ...fields },
    notes: [],
  };
}

/** The tool, as frameworks describe it to the model. */
function offered(description: string, property: JsonObject, more: JsonObject = {}): JsonValue {
  const parameters = {
    properties: { city: property },
    required: ['city'],
    type: 'object',
    additionalProperties: false,
  };
  return [{ type: 'function', function: { name: 'get_weather', description, parameters, ...more } }];
}
const DESCRIBED = "get_weather(city: 'str') -> 'str'\nThe weather in a city.";
const TITLED = { title: 'City', type: 'string' };
const CREW_ASKED: JsonValue[] = [
  {
    role: 'system',
    content: 'You are weather_agent. You answer in one sentence.\nYour personal goal is: Tell the weather.',
  },
  { role: 'user', content: expect.stringContaining(QUESTION) as unknown as JsonValue }, // Jest compares it as it asks to be.
];
const crewHistory = (tool: JsonObject): JsonValue[] => [...CREW_ASKED, ...aHistory({ tool }).slice(2)];

/** What OpenLLMetry's instrumentation of the client tells of each call. */
const TRACELOOP: JsonObject = { ...USAGE, response_model: SERVED, service_tier: 'default', stream: false };
const TRACELOOP_CALLED: JsonObject = {
  ...TRACELOOP,
  response: aCallingAnswer(),
  finish_reason: 'tool_calls',
  provider_request_id: 'chatcmpl-tool',
};
const TRACELOOP_ANSWERED: JsonObject = {
  ...TRACELOOP,
  response_content: ANSWER,
  finish_reason: 'stop',
  provider_request_id: 'chatcmpl-text',
};

const LLAMA_TOOLS = offered(DESCRIBED, TITLED);
const traceloopLlamaIndex: ExpectedSpan[] = [
  call('openai.chat', {
    ...TRACELOOP_ANSWERED,
    messages: [{ role: 'user', content: QUESTION }],
    parameters: { temperature: 0.1 },
  }),
  call('openai.chat', {
    ...TRACELOOP_CALLED,
    messages: ASKED,
    tools: LLAMA_TOOLS,
    parameters: { temperature: 0.1 },
  }),
  call('openai.chat', {
    ...TRACELOOP_ANSWERED,
    messages: aHistory(),
    tools: LLAMA_TOOLS,
    parameters: { temperature: 0.1 },
  }),
  ...Array.from({ length: 4 }, () => step('BaseWorkflowAgent.task', 'chain')),
  step('FunctionTool.task', 'chain', { input: { kwargs: { city: 'Paris' } } }),
  ...Array.from({ length: 5 }, () => step('BaseWorkflowAgent.task', 'chain')),
  step('FunctionAgent.workflow', 'chain'),
  HTTP_SPAN,
];

const LLAMA: JsonObject = {
  ...PERSON,
  ...USAGE,
  ...NO_AUDIO,
  response_model: 'gpt-4o-mini',
  parameters: {
    context_window: 128_000,
    num_output: -1,
    is_chat_model: true,
    is_function_calling_model: true,
    system_role: 'system',
  },
};
const LLAMA_STRICT = offered(DESCRIBED, TITLED, { strict: false });
/** Its kind of a preparation of a call is LLM, which it is not. */
const PREPARED = step('OpenAI._prepare_chat_with_tools', 'chain', PERSON);
const workflow = (name: string) => step(`BaseWorkflowAgent.${name}`, 'chain', PERSON);
const openInferenceLlamaIndex: ExpectedSpan[] = [
  call('OpenAI.complete', {
    ...LLAMA,
    messages: [{ role: 'user', content: QUESTION }],
    response_content: ANSWER,
    finish_reason: 'stop',
  }),
  workflow('init_run'),
  workflow('setup_agent'),
  PREPARED,
  call('OpenAI.achat', {
    ...LLAMA,
    messages: ASKED,
    tools: LLAMA_STRICT,
    response: aCallingAnswer(aCall(), {}),
    finish_reason: 'tool_calls',
  }),
  workflow('run_agent_step'),
  workflow('parse_agent_output'),
  step('FunctionTool.acall', 'tool', { ...PERSON, name: 'get_weather', input: { kwargs: { city: 'Paris' } } }),
  workflow('call_tool'),
  workflow('aggregate_tool_results'),
  workflow('setup_agent'),
  PREPARED,
  call('OpenAI.achat', {
    ...LLAMA,
    messages: aHistory(),
    tools: LLAMA_STRICT,
    response_content: ANSWER,
    finish_reason: 'stop',
  }),
  workflow('run_agent_step'),
  workflow('parse_agent_output'),
  step('FunctionAgent.run', 'chain', PERSON),
  HTTP_SPAN,
];

const CREW_TOOLS = offered('The weather in a city.', { type: 'string' }, { strict: true });
const traceloopCrewAi: ExpectedSpan[] = [
  call('openai.chat', {
    ...TRACELOOP_CALLED,
    messages: CREW_ASKED,
    tools: offered('The weather in a city.', { type: 'string' }),
  }),
  call('openai.chat', {
    ...TRACELOOP_ANSWERED,
    messages: crewHistory({}),
    tools: offered('The weather in a city.', { type: 'string' }),
  }),
  step('weather_agent.agent', 'agent', { name: 'weather_agent' }),
  step(`${QUESTION}.task`, 'agent', { output: ANSWER }),
  step('crewai.workflow', 'agent'),
  HTTP_SPAN,
];

const CREW: JsonObject = {
  ...PERSON,
  ...USAGE,
  ...NO_AUDIO,
  response_model: SERVED,
  service_tier: 'default',
  tools: CREW_TOOLS,
  parameters: { tool_choice: 'auto' },
};
/** Its name has an id of the run. */
const KICKOFF = expect.stringMatching(/^Crew_[\w-]+\.kickoff$/) as unknown as string; // Likewise.
const crewAnswer = (id: string): JsonValue => expect.objectContaining({ id }) as unknown as JsonValue; // Likewise.
const openInferenceCrewAi: ExpectedSpan[] = [
  call('ChatCompletion', {
    ...CREW,
    messages: CREW_ASKED,
    response: crewAnswer('chatcmpl-tool'),
    finish_reason: 'tool_calls',
    provider_request_id: 'chatcmpl-tool',
  }),
  call('ChatCompletion', {
    ...CREW,
    messages: crewHistory({ name: 'get_weather' }),
    response: crewAnswer('chatcmpl-text'),
    response_content: ANSWER,
    finish_reason: 'stop',
    provider_request_id: 'chatcmpl-text',
  }),
  step('get_weather.run', 'tool', {
    ...PERSON,
    name: 'get_weather',
    input: { city: 'Paris' },
    output: '{"sky":"clear","degrees":24}',
  }),
  step('weather_agent.tell_weather._execute_core', 'agent', PERSON),
  { ...step('', 'chain', { ...PERSON, name: SOME_TEXT }), span: KICKOFF },
  HTTP_SPAN,
];

/** It tells neither why the model stopped, nor the thoughts. */
const AGNO: JsonObject = {
  ...PERSON,
  ...TOTALS,
  cached_input_tokens: 40,
  response_model: 'gpt-4o-mini',
  tools: TOOLS,
};
const openInferenceAgno: ExpectedSpan[] = [
  call('OpenAIChat.invoke', { ...AGNO, messages: ASKED, response: aCallingAnswer(aCall(), {}) }),
  step('get_weather', 'tool', { ...PERSON, input: { city: 'Paris' }, output: '{"sky":"clear","degrees":24}' }),
  call('OpenAIChat.invoke', { ...AGNO, messages: aHistory(), response_content: ANSWER }),
  step('weather_agent.run', 'agent', { ...PERSON, name: 'weather_agent', input: QUESTION, output: ANSWER }),
  HTTP_SPAN,
];

export const FRAMEWORKS: Readonly<Record<string, readonly ExpectedSpan[]>> = {
  'traceloop-llamaindex-py': traceloopLlamaIndex,
  'openinference-llamaindex-py': openInferenceLlamaIndex,
  'traceloop-crewai-py': traceloopCrewAi,
  'openinference-crewai-py': openInferenceCrewAi,
  'openinference-agno-py': openInferenceAgno,
};
