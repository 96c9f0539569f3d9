import { ExactNumber } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { ApiCall, CallEndpoint } from './apiCall.ts';

/** What each method takes by name; anything else goes beside them, as its package wants it. */
const KNOWN: Readonly<Record<CallEndpoint, ReadonlySet<string>>> = {
  'chat.completions': new Set([
    'model',
    'messages',
    'audio',
    'frequency_penalty',
    'function_call',
    'functions',
    'logit_bias',
    'logprobs',
    'max_completion_tokens',
    'max_tokens',
    'metadata',
    'modalities',
    'n',
    'parallel_tool_calls',
    'presence_penalty',
    'response_format',
    'seed',
    'service_tier',
    'stop',
    'store',
    'stream',
    'stream_options',
    'temperature',
    'tool_choice',
    'tools',
    'top_logprobs',
    'top_p',
    'user',
  ]),
  responses: new Set([
    'model',
    'input',
    'include',
    'instructions',
    'max_output_tokens',
    'metadata',
    'parallel_tool_calls',
    'previous_response_id',
    'reasoning',
    'service_tier',
    'store',
    'stream',
    'temperature',
    'text',
    'tool_choice',
    'tools',
    'top_p',
    'truncation',
    'user',
  ]),
  embeddings: new Set(['model', 'input', 'dimensions', 'encoding_format', 'user']),
};

const METHODS: Readonly<Record<CallEndpoint, string>> = {
  'chat.completions': 'chat.completions.create',
  responses: 'responses.create',
  embeddings: 'embeddings.create',
};

/** The call with the `openai` package of Python, as a program that runs as it is. */
export function toPython(call: ApiCall): string {
  const { endpoint, body, isStream, gaps, keyVariable } = call;
  const isOpenAI = keyVariable === 'OPENAI_API_KEY';
  return [
    ...(isOpenAI ? [] : ['import os', '']),
    'from openai import OpenAI',
    '',
    ...gaps.map((gap) => `# ${gap}`),
    `client = OpenAI(${isOpenAI ? '' : clientOptions(call)})`,
    `${isStream ? 'stream' : 'response'} = client.${METHODS[endpoint]}(`,
    ...writeParameters(body, KNOWN[endpoint]),
    ')',
    ...(isStream ? readStream(endpoint) : [PRINT[endpoint]]),
    '',
  ].join('\n');
}

const PRINT: Readonly<Record<CallEndpoint, string>> = {
  'chat.completions': 'print(response.choices[0].message)',
  responses: 'print(response.output_text)',
  embeddings: 'print(len(response.data[0].embedding))',
};

function readStream(endpoint: CallEndpoint): string[] {
  if (endpoint === 'responses') {
    return [
      'for event in stream:',
      '    if event.type == "response.output_text.delta":',
      '        print(event.delta, end="")',
    ];
  }
  return [
    'for event in stream:',
    '    if event.choices:',
    '        print(event.choices[0].delta.content or "", end="")',
  ];
}

function clientOptions({ keyVariable, baseUrlVariable, baseUrl }: ApiCall): string {
  // A server of one's own wants no key, but the package does.
  const isKeyless = keyVariable === 'OLLAMA_API_KEY';
  const key = isKeyless ? `os.environ.get(${quote(keyVariable)}, "ollama")` : `os.environ[${quote(keyVariable)}]`;
  return [
    '',
    `    api_key=${key},`,
    `    base_url=os.environ.get(${quote(baseUrlVariable)}, ${quote(baseUrl)}),`,
    '',
  ].join('\n');
}

function writeParameters(body: JsonObject, known: ReadonlySet<string>): string[] {
  const entries = Object.entries(body);
  const others = entries.filter(([name]) => !known.has(name));
  const named = entries
    .filter(([name]) => known.has(name))
    .map(([name, value]) => `    ${name}=${write(value, '    ')},`);
  return others.length === 0 ? named : [...named, `    extra_body=${write(Object.fromEntries(others), '    ')},`];
}

function write(value: JsonValue, indent: string): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return quote(value);
  if (value instanceof ExactNumber) return value.literal;
  if (typeof value === 'number') return String(value);
  const inner = `${indent}    `;
  const members = Array.isArray(value)
    ? value.map((member) => write(member, inner))
    : Object.entries(value).map(([name, member]) => `${quote(name)}: ${write(member, inner)}`);
  const [start, end] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (members.length === 0) return `${start}${end}`;
  return `${start}\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}${end}`;
}

/** A text of JSON is one of Python: its escapes mean the same there. */
function quote(text: string): string {
  return JSON.stringify(text);
}
