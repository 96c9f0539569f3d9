/** A logged request as the call that makes it again: what is sent where. Pure. */
import { objectOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { LoggedRequest } from '#shared/request';

/** Endpoints of OpenAI's API whose calls can be made again. */
export type CallEndpoint = 'chat.completions' | 'responses' | 'embeddings';

/** A call of an API that speaks as OpenAI does, in no language yet. */
export interface ApiCall {
  readonly endpoint: CallEndpoint;
  /** Below the base URL, such as `/chat/completions`. */
  readonly path: string;
  readonly body: JsonObject;
  readonly isStream: boolean;
  /** Where it goes when nobody says otherwise. */
  readonly baseUrl: string;
  /** Variables of the environment: the key is never written down. */
  readonly keyVariable: string;
  readonly baseUrlVariable: string;
  /** What was not logged whole, one sentence each. */
  readonly gaps: readonly string[];
}

const PATHS: Readonly<Record<CallEndpoint, string>> = {
  'chat.completions': '/chat/completions',
  responses: '/responses',
  embeddings: '/embeddings',
};

/** Providers that take the calls of OpenAI at an address of their own. */
const BASE_URLS: ReadonlyMap<string, string> = new Map([
  ['openai', 'https://api.openai.com/v1'],
  ['anthropic', 'https://api.anthropic.com/v1'],
  ['google', 'https://generativelanguage.googleapis.com/v1beta/openai'],
  ['mistral', 'https://api.mistral.ai/v1'],
  ['groq', 'https://api.groq.com/openai/v1'],
  ['deepseek', 'https://api.deepseek.com/v1'],
  ['xai', 'https://api.x.ai/v1'],
  ['openrouter', 'https://openrouter.ai/api/v1'],
  ['together', 'https://api.together.xyz/v1'],
  ['fireworks', 'https://api.fireworks.ai/inference/v1'],
  ['ollama', 'http://localhost:11434/v1'],
]);

/** Null for a request of another kind: a call of another library cannot be told from its log. */
export function toApiCall(request: LoggedRequest): ApiCall | null {
  const endpoint = endpointOf(request);
  if (endpoint === null) return null;
  const { model, stream, provider } = request;
  const isStream = stream === true && endpoint !== 'embeddings';
  const name = provider.toLowerCase();
  // Whoever is not known takes it from the variables of OpenAI, as libraries do.
  const variable = BASE_URLS.has(name) ? name.toUpperCase() : 'OPENAI';
  return {
    endpoint,
    path: PATHS[endpoint],
    body: {
      model,
      ...inputOf(request, endpoint),
      ...toolsOf(request),
      ...parametersOf(request),
      ...(isStream && { stream: true }),
    },
    isStream,
    baseUrl: BASE_URLS.get(name) ?? 'https://api.openai.com/v1',
    keyVariable: `${variable}_API_KEY`,
    baseUrlVariable: `${variable}_BASE_URL`,
    gaps: gapsOf(request),
  };
}

/** Whether `toApiCall` knows how the call was made. */
export function isOpenAICall(request: LoggedRequest): boolean {
  return endpointOf(request) !== null;
}

function endpointOf({ endpoint, messages }: LoggedRequest): CallEndpoint | null {
  if (endpoint === null) return isChat(messages) ? 'chat.completions' : null;
  const known = Object.keys(PATHS).find((one) => endpoint === one || endpoint.startsWith(`${one}.`));
  return (known as CallEndpoint | undefined) ?? null; // One of the keys of PATHS.
}

/** Messages as OpenAI takes them, and not contents of Gemini or a system beside them. */
function isChat(messages: JsonValue): boolean {
  return (
    Array.isArray(messages) &&
    messages.every((message) => typeof objectOf(message)?.role === 'string' && !('parts' in (objectOf(message) ?? {})))
  );
}

function inputOf({ messages }: LoggedRequest, endpoint: CallEndpoint): JsonObject {
  if (endpoint === 'chat.completions') return { messages };
  const fields = objectOf(messages);
  // Logged with what stands beside it, such as instructions.
  return fields !== null && 'input' in fields ? fields : { input: messages };
}

/** Python's library sends what is in `extra_body` beside the others. */
function parametersOf({ parameters }: LoggedRequest): JsonObject {
  const extra = objectOf(parameters?.extra_body);
  if (extra === null) return parameters ?? {};
  return {
    ...Object.fromEntries(Object.entries(parameters ?? {}).filter(([name]) => name !== 'extra_body')),
    ...extra,
  };
}

function toolsOf({ tools }: LoggedRequest): JsonObject {
  if (tools === null || (Array.isArray(tools) && tools.length === 0)) return {};
  const isOld =
    Array.isArray(tools) &&
    tools.every((tool) => 'name' in (objectOf(tool) ?? {}) && !('type' in (objectOf(tool) ?? {})));
  return isOld ? { functions: tools } : { tools };
}

function gapsOf({ truncated, messages, tools }: LoggedRequest): string[] {
  const gaps: string[] = [];
  if (truncated) gaps.push('A field was cut when it was logged.');
  if (holdsLeftOut([messages, tools])) gaps.push('A picture, sound or file was left out when it was logged.');
  return gaps;
}

/** What the SDKs write in place of base64. */
const LEFT_OUT = /^(?:data:[^,]*,)?\[base64 [^\]]+ bytes\b[^\]]*\]$/;

function holdsLeftOut(value: JsonValue): boolean {
  if (typeof value === 'string') return value.length < 300 && LEFT_OUT.test(value);
  if (Array.isArray(value)) return value.some(holdsLeftOut);
  const fields = objectOf(value);
  return fields !== null && Object.values(fields).some(holdsLeftOut);
}
