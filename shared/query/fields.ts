/** What a query can ask for: the names that are written before a colon. */
import type { RequestSummary } from '#shared/request';
import { REQUEST_STATUSES } from '#shared/requestStatuses';

export type FieldType = 'text' | 'words' | 'count' | 'duration' | 'money' | 'time';

export interface QueryField {
  readonly type: FieldType;
  /** One line for a reader, shown while a query is typed. */
  readonly about: string;
  readonly aliases?: readonly string[];
  /** The only values there are. */
  readonly values?: readonly string[];
  /** The column of requests that it asks for, where it is one text column and no more: its values can then be suggested too. */
  readonly of?: keyof RequestSummary;
  /** True where a value is a hash: 32 hexadecimal digits. */
  readonly isHash?: boolean;
}

export const QUERY_FIELDS = {
  model: { type: 'text', about: 'the model asked for', of: 'model' },
  provider: { type: 'text', about: 'who ran it', of: 'provider' },
  status: { type: 'text', about: 'how it ended', of: 'status', values: REQUEST_STATUSES },
  env: { type: 'text', about: 'the environment', of: 'environment', aliases: ['environment'] },
  user: { type: 'text', about: 'the user id', of: 'user_id', aliases: ['user_id'] },
  session: { type: 'text', about: 'the session id', of: 'session_id', aliases: ['session_id'] },
  trace: { type: 'text', about: 'the trace id', of: 'trace_id', aliases: ['trace_id'] },
  parent: { type: 'text', about: 'the step it was made under', of: 'parent_id', aliases: ['parent_id'] },
  prompt: { type: 'text', about: 'the prompt, as slug or slug@version', of: 'prompt_slug', aliases: ['prompt_slug'] },
  key: { type: 'text', about: 'the API key that logged it, by name, prefix or id', aliases: ['api_key', 'api_key_id'] },
  release: { type: 'text', about: 'the release of the application', of: 'release' },
  name: { type: 'text', about: 'the label of the call', of: 'name' },
  endpoint: { type: 'text', about: 'such as chat.completions', of: 'endpoint' },
  finish: { type: 'text', about: 'why the model stopped', of: 'finish_reason', aliases: ['finish_reason'] },
  tier: { type: 'text', about: 'the service tier', of: 'service_tier', aliases: ['service_tier'] },
  response_model: { type: 'text', about: 'the model that answered', of: 'response_model' },
  tool: { type: 'text', about: 'a tool that was offered to the model' },
  called: { type: 'text', about: 'a tool that the model called' },
  'error.type': { type: 'text', about: 'such as rate_limit_error' },
  'error.code': { type: 'text', about: 'such as context_length_exceeded' },
  'error.message': { type: 'text', about: 'what the error says; * is any text' },
  http: { type: 'count', about: 'the HTTP status of a failure, such as 429 or >=500', aliases: ['http_status'] },
  id: { type: 'text', about: 'the id of a request, or that of the provider' },
  hash: {
    type: 'text',
    about: 'calls that ask the same, by their request_hash',
    aliases: ['request_hash', 'duplicate'],
    isHash: true,
  },
  prefix: {
    type: 'text',
    about: 'calls with the same instructions and tools, by their prefix_hash',
    aliases: ['prefix_hash'],
    isHash: true,
  },
  preview: { type: 'text', about: 'words in the last message or the answer, as the list shows them' },
  input: { type: 'words', about: 'words of what was sent', aliases: ['messages'] },
  response: { type: 'words', about: 'words of the answer', aliases: ['output'] },
  latency: { type: 'duration', about: 'from the call to its end, such as >2s' },
  ttft: { type: 'duration', about: 'to the first token, such as <300ms' },
  cost: { type: 'money', about: 'US dollars, such as >=0.05' },
  tokens: { type: 'count', about: 'input and output together, such as >8k' },
  in: { type: 'count', about: 'input tokens', aliases: ['input_tokens'] },
  out: { type: 'count', about: 'output tokens', aliases: ['output_tokens'] },
  cached: { type: 'count', about: 'cached input tokens', aliases: ['cached_input_tokens'] },
  reasoning: { type: 'count', about: 'reasoning tokens', aliases: ['reasoning_tokens'] },
  started: { type: 'time', about: 'such as >2026-08-01, or 2h for the last two hours', aliases: ['time'] },
} as const satisfies Record<string, QueryField>;
export type QueryFieldName = keyof typeof QUERY_FIELDS;

/** What `has:` can ask for. */
export const QUERY_PRESENCE = {
  error: 'it failed, or an error was logged',
  usage: 'token counts were reported',
  cost: 'its cost is known',
  prompt: 'it was made from a prompt',
  trace: 'it belongs to a trace',
  user: 'it names a user',
  session: 'it belongs to a session',
  tags: 'it has tags',
  tools: 'tools were offered to the model',
  metadata: 'it has metadata',
  key: 'the API key that logged it is known',
  env: 'it names an environment',
  release: 'it names a release',
  name: 'it has a label',
  parent: 'it was made under another step',
  latency: 'its latency was reported',
  ttft: 'the time to its first token was reported',
  finish: 'it says why the model stopped',
  tier: 'it names a service tier',
  cached: 'input tokens came from a cache',
  reasoning: 'tokens were spent on reasoning',
  response: 'there is an answer',
  called: 'the model called a tool',
  retry: 'its last message was sent again within ten minutes',
} as const;
export type QueryPresence = keyof typeof QUERY_PRESENCE;

/** Other names of what `has:` can ask for. */
const PRESENCE_ALIASES: ReadonlyMap<string, QueryPresence> = new Map([
  ['price', 'cost'],
  ['tokens', 'usage'],
  ['environment', 'env'],
  ['tag', 'tags'],
  ['tool', 'tools'],
  ['calls', 'called'],
  ['meta', 'metadata'],
  ['retries', 'retry'],
]);

/** What `has:` asks for by a name in any case; null where there is no such thing. */
export function findPresence(name: string): QueryPresence | null {
  const lower = name.toLowerCase();
  if (Object.hasOwn(QUERY_PRESENCE, lower)) return lower as QueryPresence; // One of its keys.
  return PRESENCE_ALIASES.get(lower) ?? null;
}

/** How providers say that an answer ended at a limit of tokens, as a finish reason. */
export const CUT_OFF_REASONS = ['length', 'max_tokens', 'max_output_tokens', 'MAX_TOKENS'] as const;
/** The same as a term of the query language. */
export const CUT_OFF_TERM = `finish:(${CUT_OFF_REASONS.join(' OR ')})`;

/** What `is:` can ask for: each is short for a longer query. */
export const QUERY_PRESETS = {
  slow: { query: 'latency:>10s', about: 'it took more than ten seconds' },
  expensive: { query: 'cost:>0.1', about: 'it cost more than ten US cents' },
  cut: {
    query: `status:incomplete OR ${CUT_OFF_TERM}`,
    about: 'the answer ended at a limit',
  },
  root: { query: '-has:parent', about: 'it was made under no other step' },
  failed: { query: 'status:error', about: 'it failed' },
  unmeasured: { query: '-has:usage', about: 'no token counts were reported' },
  unpriced: { query: '-has:cost', about: 'its cost is not known' },
} as const satisfies Record<string, { readonly query: string; readonly about: string }>;
export type QueryPreset = keyof typeof QUERY_PRESETS;

/** Fields that are a column of requests. */
export type ColumnField = {
  [Name in QueryFieldName]: (typeof QUERY_FIELDS)[Name] extends { readonly of: string } ? Name : never;
}[QueryFieldName];

/** Columns of requests that a query can ask for by a field of their own. */
export type QueriedColumn = (typeof QUERY_FIELDS)[ColumnField]['of'];

/** True of the name of a field that is a column of requests. */
export function isColumnField(name: string): name is ColumnField {
  return Object.hasOwn(QUERY_FIELDS, name) && 'of' in QUERY_FIELDS[name as QueryFieldName]; // One of its keys.
}

/** The column that such a field asks for. */
export function columnOf(name: ColumnField): QueriedColumn {
  return QUERY_FIELDS[name].of;
}

const FIELD_NAMES = Object.keys(QUERY_FIELDS) as QueryFieldName[]; // Its keys.

/** Values that can be suggested though they are no column of text. */
const OTHER_VALUE_FIELDS = ['key', 'error.type', 'error.code', 'http'] as const;
type NamedValueField = ColumnField | (typeof OTHER_VALUE_FIELDS)[number];

/** Fields whose values can be suggested: those that requests have. Of tags also `tag` (their keys) and `tag.<key>`. */
export const VALUE_FIELDS: readonly NamedValueField[] = [
  ...FIELD_NAMES.filter((name) => isColumnField(name)),
  ...OTHER_VALUE_FIELDS,
];
export type ValueField = NamedValueField | 'tag' | `tag.${string}`;

const BY_NAME = new Map<string, QueryFieldName>(
  FIELD_NAMES.flatMap((name) => {
    const field: QueryField = QUERY_FIELDS[name];
    return [name, ...(field.aliases ?? [])].map((alias) => [alias, name] as const);
  }),
);

/** The field of a name or alias, in any case; null where there is none. */
export function findField(name: string): QueryFieldName | null {
  return BY_NAME.get(name.toLowerCase()) ?? null;
}

/** All names and aliases. */
export function fieldNames(): string[] {
  return [...BY_NAME.keys()];
}
