/** An agent with one tool, by Pydantic AI and by OpenAI's Agents SDK: it calls the tool, and then answers. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '#server/otlp/mapping';
import {
  aCallingAnswer,
  aHistory,
  ANSWER,
  ASKED,
  type ExpectedSpan,
  RESULT,
  SERVED,
  SERVICE,
  SOME_TEXT,
  TOTALS,
  USAGE,
} from './scenario.ts';

const TOOL: JsonObject = { input: { city: 'Paris' }, output: RESULT };

function step(span: string, role: SpanRole, fields: JsonObject): ExpectedSpan {
  return { span, role, fields: { ...SERVICE, name: span, kind: role, status: 'success', ...fields } };
}

function call(span: string, fields: JsonObject): ExpectedSpan {
  return { span, role: 'llm', fields: { ...SERVICE, name: span, provider: 'openai', model: 'gpt-4o-mini', ...fields } };
}

/** Each run is a conversation of its own, unless the application says which it belongs to. */
const CONVERSATION: JsonObject = { session_id: SOME_TEXT };
const PYDANTIC: JsonObject = {
  ...CONVERSATION,
  ...USAGE,
  response_model: SERVED,
  tools: [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'The weather in a city.',
        parameters: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
          additionalProperties: false,
        },
      },
    },
  ],
};
const TALK: JsonValue[] = aHistory({ tool: { name: 'get_weather' } });

const pydanticAi: ExpectedSpan[] = [
  call('chat gpt-4o-mini', {
    ...PYDANTIC,
    messages: ASKED,
    response: aCallingAnswer(),
    finish_reason: 'tool_calls',
    provider_request_id: 'chatcmpl-tool',
  }),
  step('execute_tool get_weather', 'tool', { ...CONVERSATION, ...TOOL, name: 'get_weather' }),
  call('chat gpt-4o-mini', {
    ...PYDANTIC,
    messages: TALK,
    response_content: ANSWER,
    finish_reason: 'stop',
    provider_request_id: 'chatcmpl-text',
  }),
  step('invoke_agent weather_agent', 'agent', {
    ...CONVERSATION,
    name: 'weather_agent',
    // All that was said in the run.
    input: [...TALK, { role: 'assistant', content: ANSWER }],
    output: ANSWER,
  }),
];

/** It tells neither the model that answered, nor why it stopped, nor the tools. */
const AGENTS: JsonObject = {
  ...TOTALS,
  response_model: 'gpt-4o-mini',
  parameters: { base_url: 'http://127.0.0.1:8080/v1/' },
};

const openAiAgents: ExpectedSpan[] = [
  call('generation', { ...AGENTS, messages: ASKED, response: aCallingAnswer(undefined, {}) }),
  step('get_weather', 'tool', TOOL),
  step('turn', 'chain', {}),
  call('generation', { ...AGENTS, messages: aHistory(), response_content: ANSWER }),
  step('turn', 'chain', {}),
  step('weather_agent', 'agent', {}),
  step('Agent workflow', 'chain', {}),
  step('Agent workflow', 'agent', {}),
];

export const AGENT_RUNS: Readonly<Record<string, readonly ExpectedSpan[]>> = {
  'pydantic-ai-py': pydanticAi,
  'openinference-agents-py': openAiAgents,
};
