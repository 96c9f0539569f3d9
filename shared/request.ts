/** The request: one logged model call, as it arrives (LogInput) and as it is read (RequestSummary, LoggedRequest). */
import { z } from 'zod';
import type { QueriedColumn } from '#shared/query/fields';
import { parseQuery } from '#shared/query/parseQuery';
import { ErrorDetail } from './error.ts';
import { ExactNumber } from './exactJson.ts';
import { FilterTime } from './filterTime.ts';
import { LIST_PAGE, pageInput } from './page.ts';
import {
  ApiKeyId,
  Cursor,
  Identifier,
  Instant,
  JsonObject,
  JsonValue,
  LIMITS,
  OrgId,
  putInWords,
  RequestId,
  Tags,
  TagsInput,
  UsdAmount,
} from './primitives.ts';
import { REQUEST_STATUSES } from './requestStatuses.ts';
import { USAGE_ANSWERS, USAGE_FIELDS } from './usageFields.ts';

export const RequestStatus = z.enum(REQUEST_STATUSES).meta({
  id: 'RequestStatus',
  description:
    '`success`; `error`: the call failed; `aborted`: the caller stopped reading; `incomplete`: the model stopped early.',
});
export type RequestStatus = z.infer<typeof RequestStatus>;

export const CostSource = z.enum(['provided', 'custom', 'builtin']).meta({
  id: 'CostSource',
  description:
    '`provided` by the caller or the provider; else computed, from a `custom` price of the organization or the `builtin` list.',
});
export type CostSource = z.infer<typeof CostSource>;

export const CostStatus = z.enum(['given', 'priced', 'no_price', 'no_usage']).meta({
  id: 'CostStatus',
  description:
    '`given` by the caller; `priced` from a list. Why the cost is unknown: `no_price` for the model, or for a fee or tier of the call; `no_usage`: counts of tokens, images or seconds are missing, or contradict each other.',
});
export type CostStatus = z.infer<typeof CostStatus>;

/** What the provider said about a failed call. */
export const RequestError = z
  .object({
    type: z.string().nullish(),
    code: z.string().nullish(),
    message: z.string().nullish(),
    http_status: z.int().min(0).max(999).nullish(),
    param: z.string().nullish(),
  })
  .meta({ id: 'RequestError' });
export type RequestError = z.infer<typeof RequestError>;

const wordsInput = z
  .custom<JsonValue>((value) => value !== undefined)
  .transform(putInWords)
  .meta({ type: 'string', description: 'Anything but a text is put in words.' });

/** The error as it arrives: codes come as numbers, and messages as objects. */
export const RequestErrorInput = RequestError.extend({
  type: wordsInput.nullish(),
  code: wordsInput.nullish(),
  message: wordsInput.nullish(),
  param: wordsInput.nullish(),
}).meta({ id: 'RequestErrorInput' });

const SdkInfo = z.object({
  name: z.string().max(LIMITS.identifierLength),
  version: z.string().max(LIMITS.identifierLength).nullish(),
  runtime: z.string().max(LIMITS.identifierLength).nullish(),
});

const milliseconds = () => z.number().min(0, 'must not be negative').max(1e10, 'must be at most 1e10 milliseconds');

/** Dollars of one request. Numbers are accepted for convenience and become exact decimal strings at once. */
const CostInput = z
  .union([z.number(), UsdAmount], { error: 'must be a number or decimal string of US dollars, such as "0.0012"' })
  .transform((amount, ctx) => {
    const dollars = Number(amount);
    if (!Number.isFinite(dollars) || dollars < 0 || dollars >= 1e6) {
      ctx.addIssue({ code: 'custom', message: 'must be between 0 and 1000000 US dollars' });
      return z.NEVER;
    }
    return typeof amount === 'string' ? amount.replace(/^0+(?=\d)/, '') : dollars.toFixed(12);
  });

/** Content as the endpoints of a provider take it: chat messages, or another endpoint's input as given. */
const Messages = z
  .custom<JsonValue>(
    (value) =>
      typeof value === 'string' || (typeof value === 'object' && value !== null && !(value instanceof ExactNumber)),
    'must be an array of message objects, such as [{"role":"user","content":"Hi"}]',
  )
  .meta({ id: 'Messages' });

/** A structured answer comes as the object or the list it was parsed to: it is kept as JSON text. */
const ResponseContent = z
  .custom<JsonValue>(
    (value) => typeof value === 'string' || JsonObject.safeParse(value).success || Array.isArray(value),
    'must be a string',
  )
  .transform(putInWords)
  .meta({ type: 'string' });

/**
 * Short texts of a log that are stored and answered as they were given, and so are fields of RequestSummary as well.
 * Adding one: docs/adding-a-column.md.
 */
export const GIVEN_TEXTS = {
  prompt_slug: Identifier.nullish().describe('The prompt this call was made from.'),
  trace_id: Identifier.nullish().describe('Groups the calls of one task.'),
  parent_id: Identifier.nullish().describe('The request or span this call was made under.'),
  name: Identifier.nullish().describe('A label for a reader.'),
  user_id: Identifier.nullish(),
  session_id: Identifier.nullish(),
  environment: Identifier.nullish(),
  release: Identifier.nullish(),
  endpoint: Identifier.nullish().describe('`chat.completions`, `responses`, `embeddings` …'),
  response_model: Identifier.nullish().describe('The model that answered.'),
  finish_reason: Identifier.nullish(),
  service_tier: Identifier.nullish(),
  provider_request_id: Identifier.nullish(),
} as const;

/** The fields of one log, without the rule that ties `messages` to `endpoint`. */
export const LogFields = z.object({
  id: RequestId.nullish().describe('Made by the caller, so that a retry is never a second row.'),
  model: Identifier.describe('The model asked for.'),
  provider: Identifier.describe('Who ran the model, such as `openai`.'),
  messages: Messages.describe('What was sent: chat messages, or the input of another endpoint.'),
  response_content: ResponseContent.nullish().describe('The text of the answer.'),
  response: JsonValue.nullish().describe('The whole answer: tool calls, refusals, several choices, Responses output.'),
  latency_ms: milliseconds().nullish().describe('Milliseconds from the call to its end.'),
  ttft_ms: milliseconds().nullish().describe('Milliseconds to the first token of a stream.'),
  ...USAGE_FIELDS,
  cost_usd: CostInput.nullish().describe('US dollars; given, it wins over the price list.'),
  parameters: JsonObject.nullish().describe('Temperature and the like.'),
  tools: JsonValue.nullish().describe('Tool definitions offered to the model.'),
  ...GIVEN_TEXTS,
  prompt_version: z
    .union([Identifier, z.int().min(0).transform(String)], { error: 'must be a string or a whole number' })
    .nullish(),
  prompt_variables: JsonObject.nullish(),
  tags: TagsInput.nullish(),
  metadata: JsonObject.nullish(),
  started_at: Instant.nullish().describe('When the call began. Missing: the time of arrival less `latency_ms`.'),
  status: RequestStatus.nullish().describe('Missing: as `error` and `response` tell, else `success`.'),
  error: RequestErrorInput.nullish(),
  stream: z.boolean().nullish(),
  sdk: SdkInfo.nullish(),
});

const MESSAGES_RULE = 'must be an array of message objects with a "role", such as [{"role":"user","content":"Hi"}]';

export interface FieldProblem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What is wrong with the messages of a chat; null for other endpoints, whose inputs are kept as given. */
export function findMessagesProblem(endpoint: string | null | undefined, messages: unknown): FieldProblem | null {
  // They may be a string, or items without a role.
  if (!isChat(endpoint)) return null;
  if (!Array.isArray(messages)) return { path: ['messages'], message: MESSAGES_RULE };
  for (const [index, message] of messages.entries()) {
    const path = ['messages', index];
    if (message === null || typeof message !== 'object' || Array.isArray(message)) {
      return { path, message: 'must be a message object with a "role"' };
    }
    if (typeof message.role !== 'string') {
      return { path: [...path, 'role'], message: 'must be a string, such as "user"' };
    }
  }
  return null;
}

/** Contents of a chat that are neither text, a list nor null become JSON text: an odd value must not cost the log. */
export function putContentsInWords(endpoint: string | null | undefined, messages: JsonValue): JsonValue {
  if (!isChat(endpoint) || !Array.isArray(messages) || messages.every(hasUsualContent)) return messages;
  return messages.map((message) =>
    hasUsualContent(message) ? message : { ...message, content: putInWords(message.content ?? null) },
  );
}

function hasUsualContent(message: JsonValue): message is Exclude<JsonValue, JsonObject> {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return true;
  const { content } = message;
  return content === undefined || content === null || typeof content === 'string' || Array.isArray(content);
}

function isChat(endpoint: string | null | undefined): boolean {
  return !endpoint || endpoint === 'chat.completions';
}

/** One log as it arrives. Fields we do not know pass through and are kept under `metadata`. */
export const LogInput = LogFields.loose()
  .superRefine(({ endpoint, messages }, ctx) => {
    const problem = findMessagesProblem(endpoint, messages);
    if (problem) ctx.addIssue({ code: 'custom', ...problem });
  })
  .meta({ id: 'LogInput', description: 'One model call to log.' });
/** What a caller writes. */
export type LogInput = z.input<typeof LogInput>;
/** What the server works with after parsing. */
export type ParsedLog = z.output<typeof LogFields>;

/** A batch of logs. Its items are parsed one by one, so that a bad one never fails its neighbours. */
export const LogBatchInput = z
  .object({
    logs: z.array(z.unknown()).min(1, 'must hold at least one log'),
    sent_at: Instant.nullish().describe('When the batch left the caller; kept for clock checks.'),
  })
  .meta({ id: 'LogBatchInput' });

/** The verdict on one log. */
export const LogReceipt = z
  .object({
    index: z.int(),
    id: RequestId.nullable().describe('Null when the log was rejected before it had an id.'),
    status: z.enum(['created', 'duplicate', 'rejected']),
    error: ErrorDetail.optional(),
    conflict: z
      .literal(true)
      .optional()
      .describe('Given for a `duplicate` whose values differ from those stored, which were kept.'),
    sanitized: z.literal(true).optional().describe('Given where a character that cannot be stored was replaced.'),
    truncated: z.literal(true).optional().describe('Given where a field was longer than we keep.'),
  })
  .meta({ id: 'LogReceipt' });
export type LogReceipt = z.infer<typeof LogReceipt>;

export const LogBatchResult = z
  .object({ created: z.int(), duplicate: z.int(), rejected: z.int(), results: z.array(LogReceipt) })
  .meta({ id: 'LogBatchResult' });
export type LogBatchResult = z.infer<typeof LogBatchResult>;

const nullableText = z.string().nullable();

/** The same fields as they are answered. */
function answersOf<Name extends string>(texts: Readonly<Record<Name, unknown>>): Record<Name, typeof nullableText> {
  const fields = Object.keys(texts).map((name) => [name, nullableText] as const);
  return Object.fromEntries(fields) as Record<Name, typeof nullableText>; // One for each name.
}

/** One row of a list: all that charts, filters and tables need, without the payload. */
export const RequestSummary = z
  .object({
    id: RequestId,
    started_at: Instant,
    created_at: Instant,
    model: z.string(),
    provider: z.string(),
    status: RequestStatus,
    error: RequestError.nullable(),
    stream: z.boolean().nullable(),
    latency_ms: z.number().nullable(),
    ttft_ms: z.number().nullable(),
    ...USAGE_ANSWERS,
    cost_usd: z.string().nullable().describe('Null when it is not known, which is not zero; `cost_status` says why.'),
    cost_source: CostSource.nullable(),
    cost_status: CostStatus,
    price_version: nullableText.describe(
      'What the cost was computed by: `genai-prices@0.1.8`, or `<id>@2` of a custom price. Null where it was given or is unknown.',
    ),
    ...answersOf(GIVEN_TEXTS),
    prompt_version: nullableText,
    tags: Tags,
    input_preview: nullableText.describe('The last message sent, on one line.'),
    output_preview: nullableText.describe('The answer, on one line.'),
    api_key_id: ApiKeyId.nullable().describe(
      'The API key that logged it, which may be deleted by now. Null: not known, or not by a key.',
    ),
    truncated: z.boolean().describe('True where a field was longer than we keep; its text says so.'),
    sanitized: z.boolean().describe('True where a character that cannot be stored was replaced by U+FFFD.'),
    request_hash: nullableText.describe(
      'The same for calls that ask the same: of model, provider, endpoint, parameters, tools and messages, 32 hexadecimal digits (docs/savings.md). Null: stored before hashes were kept, cut, or without messages.',
    ),
    prefix_hash: nullableText.describe(
      'The same for calls with the same instructions and tools. Null where there are neither, and as `request_hash`.',
    ),
  })
  .meta({ id: 'RequestSummary' });
export type RequestSummary = z.infer<typeof RequestSummary>;

/** One request with its payload. */
export const LoggedRequest = RequestSummary.extend({
  org_id: OrgId,
  messages: JsonValue,
  response_content: nullableText,
  response: JsonValue.nullable(),
  parameters: JsonObject.nullable(),
  tools: JsonValue.nullable(),
  prompt_variables: JsonObject.nullable(),
  metadata: JsonObject.nullable(),
  sdk: SdkInfo.nullable(),
}).meta({ id: 'LoggedRequest', description: 'One logged model call.' });
export type LoggedRequest = z.infer<typeof LoggedRequest>;

/** The answer to a single log. */
export const StoredRequest = LoggedRequest.extend({
  conflict: z
    .literal(true)
    .optional()
    .describe('Given where the id was stored before with other values, which were kept and are answered here.'),
}).meta({ id: 'StoredRequest', description: 'One logged model call, as it is stored.' });

/** A text of the query language. It is checked here, so that it can be trusted to be one from here on. */
const QueryText = z.string().superRefine((text, ctx) => {
  const { problem } = parseQuery(text);
  if (problem) ctx.addIssue({ code: 'custom', message: `must be a query: ${problem.message.replace(/\.$/, '')}` });
});

/**
 * Filters that ask for one value of the column of their name. What a filter can ask, a query can ask too: a filter whose
 * column has no field in QUERY_FIELDS does not compile.
 */
export const COLUMN_FILTERS = {
  model: Identifier.optional(),
  provider: Identifier.optional(),
  status: RequestStatus.optional(),
  prompt_slug: Identifier.optional(),
  trace_id: Identifier.optional(),
  user_id: Identifier.optional(),
  session_id: Identifier.optional(),
  environment: Identifier.optional(),
} as const satisfies Partial<Record<QueriedColumn, z.ZodType>>;

/** What a list is narrowed by. The same object serves REST, tRPC and the URL of the dashboard. */
export const RequestFilters = z.object({
  ...COLUMN_FILTERS,
  tag: z
    .array(
      z
        .string()
        .regex(/^[^:]+:.*$/s, 'must be "key:value", such as "env:prod"')
        // A stored tag holds neither, and Postgres refuses both in JSON.
        .refine((tag) => !tag.includes('\u0000') && tag.isWellFormed(), 'must be well-formed text without NUL'),
    )
    .max(20, 'must be at most 20 tags')
    .optional()
    .describe('`key:value`; all given tags must match.'),
  from: FilterTime.optional().describe('Started at or after.'),
  to: FilterTime.optional().describe('Started before.'),
  q: QueryText.optional().describe('The query language, such as `status:error -env:dev latency:>2s` (docs/query.md).'),
});
export type RequestFilters = z.infer<typeof RequestFilters>;

const SORTS = ['-time', 'time', '-latency', 'latency', '-cost', 'cost', '-tokens', 'tokens'] as const;

/** The order of a list. What is not known comes last, whatever the direction. */
export const RequestSort = z
  .enum(SORTS, { error: `must be one of ${SORTS.join(', ')}` })
  .meta({ id: 'RequestSort', description: 'The order of a list; `-` is from the highest down. Default: `-time`.' });
export type RequestSort = z.infer<typeof RequestSort>;

export const ListRequestsInput = RequestFilters.extend({
  ...pageInput(LIST_PAGE),
  sort: RequestSort.default('-time'),
});
export type ListRequestsInput = z.output<typeof ListRequestsInput>;

export const RequestPage = z.object({
  requests: z.array(RequestSummary),
  next_cursor: Cursor.nullable().describe('Null on the last page.'),
  prev_cursor: Cursor.nullable().describe('Null on the first page.'),
  sorted_back_to: Instant.nullable().describe(
    'By latency, cost or tokens, where more match than are sorted: the latest were, back to this time. Else null.',
  ),
  searched_back_to: Instant.nullable().describe(
    'Where the time for a search was up: all requests were looked at back to this time, and `next_cursor` goes on from there, also after a page without rows. Else null.',
  ),
});
export type RequestPage = z.infer<typeof RequestPage>;
