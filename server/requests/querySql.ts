/** A query of the query language as a condition on `requests r`. What is unknown matches no comparison, and each negation. */
import type { Operator, Query } from '#shared/query/parseQuery';
import {
  type ColumnField,
  columnOf,
  isColumnField,
  type QueryFieldName,
  type QueryPresence,
} from '#shared/query/fields';
import { RequestId } from '#shared/primitives';
import { ANY_VALUE, type AskedValue } from '#shared/query/tokens';
import type { OrgScope } from '#server/auth/orgScope';
import type { Parameters } from '#server/db/sql';
import { wordsSql } from '#server/search/wordsSql';
import { ofPayload } from './ofPayload.ts';

/** What a field is in SQL that is no column of text; several where any of them may match. Constants of ours, never a word of a caller. */
const COLUMNS: Readonly<Record<Exclude<QueryFieldName, ColumnField>, readonly string[]>> = {
  // The keys of that name: keySql.
  key: [],
  // What stands in the payload: toolSql and calledSql.
  tool: [],
  called: [],
  'error.type': ["r.error ->> 'type'"],
  'error.code': ["r.error ->> 'code'"],
  'error.message': ["r.error ->> 'message'"],
  // Not an integer: JSON may write one as 4.29e2.
  http: ["(r.error ->> 'http_status')::numeric"],
  id: ['r.id::text', 'r.provider_request_id'],
  // Compared as bytes: hashSql.
  hash: [],
  prefix: [],
  // Words in either of two columns.
  preview: [],
  // Words, which are looked for in more than columns: wordsSql.ts.
  input: [],
  response: [],
  latency: ['r.latency_ms'],
  ttft: ['r.ttft_ms'],
  cost: ['r.cost_usd'],
  // One side alone is no total.
  tokens: ['(r.input_tokens + r.output_tokens)'],
  in: ['r.input_tokens'],
  out: ['r.output_tokens'],
  cached: ['r.cached_input_tokens'],
  reasoning: ['r.reasoning_tokens'],
  started: ['r.started_at'],
};

/** The same of any field. */
function columnsSql(field: QueryFieldName): readonly string[] {
  return isColumnField(field) ? [`r.${columnOf(field)}`] : COLUMNS[field];
}

/** The share of all hashes that a hash belongs to, as `requests_by_hash` and `requests_by_prefix` are written. */
export const HASH_SHARE = (hash: string): string => `(get_byte(${hash}, 0) & 31)`;
/** All of them, as rows `share (n)`. */
export const HASH_SHARES = 'generate_series(0, 31) AS share (n)';

const calledAgain = (condition: string) =>
  `EXISTS (SELECT FROM requests later WHERE later.org_id = r.org_id
    AND later.started_at > r.started_at AND later.started_at <= r.started_at + interval '10 minutes'
    AND later.input_preview = r.input_preview AND ${condition} OFFSET 0)`;

/**
 * The same last message came again soon, in the same trace or after the same instructions: what was answered first was not
 * enough. OFFSET keeps it a look at the next minutes for each row, by the index of traces or of prefixes; of all requests of
 * these minutes where there are no instructions.
 */
export const RETRIED = `(${calledAgain('later.trace_id = r.trace_id')} OR CASE
  WHEN r.request_hash IS NULL THEN false
  WHEN r.prefix_hash IS NULL THEN ${calledAgain('later.prefix_hash IS NULL')}
  ELSE ${calledAgain(`${HASH_SHARE('later.prefix_hash')} = ${HASH_SHARE('r.prefix_hash')} AND later.prefix_hash = r.prefix_hash`)} END)`;

const PRESENCE: Readonly<Record<QueryPresence, string>> = {
  error: "(r.status = 'error' OR r.error IS NOT NULL)",
  usage: '(r.input_tokens IS NOT NULL OR r.output_tokens IS NOT NULL)',
  cost: 'r.cost_usd IS NOT NULL',
  prompt: 'r.prompt_slug IS NOT NULL',
  trace: 'r.trace_id IS NOT NULL',
  user: 'r.user_id IS NOT NULL',
  session: 'r.session_id IS NOT NULL',
  tags: "r.tags <> '{}'",
  tools: ofPayload("p.tools IS NOT NULL AND p.tools::text <> '[]'"),
  metadata: ofPayload("p.metadata IS NOT NULL AND p.metadata::text <> '{}'"),
  key: 'r.api_key_id IS NOT NULL',
  env: 'r.environment IS NOT NULL',
  release: 'r.release IS NOT NULL',
  name: 'r.name IS NOT NULL',
  parent: 'r.parent_id IS NOT NULL',
  latency: 'r.latency_ms IS NOT NULL',
  ttft: 'r.ttft_ms IS NOT NULL',
  finish: 'r.finish_reason IS NOT NULL',
  tier: 'r.service_tier IS NOT NULL',
  cached: 'r.cached_input_tokens > 0',
  reasoning: 'r.reasoning_tokens > 0',
  response: ofPayload("(p.response_content <> '' OR p.response IS NOT NULL)"),
  called: ofPayload(calledSql('IS NOT NULL')),
  retry: RETRIED,
};

const OPERATORS: Readonly<Record<Operator, string>> = { '=': '=', '>': '>', '>=': '>=', '<': '<', '<=': '<=' };

/** What is asked, and of whom. */
interface Asked {
  readonly parameters: Parameters;
  readonly scope: OrgScope;
}

/** The condition; all values are bound. */
export function querySql(parameters: Parameters, scope: OrgScope, query: Query): string {
  switch (query.kind) {
    case 'and':
    case 'or':
      return `(${query.of.map((part) => querySql(parameters, scope, part)).join(query.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      // What is not known is not that value either.
      return `((${querySql(parameters, scope, query.of)}) IS NOT TRUE)`;
    case 'text':
      return textSql({ parameters, scope }, query.field, query.value);
    case 'words':
      return wordsSql(parameters, query);
    case 'number': {
      const [column = ''] = columnsSql(query.field);
      return `${column} ${OPERATORS[query.operator]} ${parameters.bind(query.value)}::numeric`;
    }
    case 'time':
      return timeSql(parameters, query);
    case 'has':
      return PRESENCE[query.what];
    case 'tag':
      if (isAny(query.value)) return `r.tags ? ${parameters.bind(query.key)}`;
      return typeof query.value === 'object'
        ? `r.tags ->> ${parameters.bind(query.key)} ${alike(parameters, query.value)}`
        : `r.tags @> ${parameters.bind(JSON.stringify(Object.fromEntries([[query.key, query.value]])))}::jsonb`;
    case 'meta':
      return ofPayload(
        isAny(query.value)
          ? `(p.metadata -> ${parameters.bind(query.key)}) IS NOT NULL`
          : `p.metadata ->> ${parameters.bind(query.key)} ${alike(parameters, query.value)}`,
      );
  }
}

function textSql({ parameters, scope }: Asked, field: QueryFieldName, value: AskedValue): string {
  if (field === 'prompt') return promptSql(parameters, value);
  // A hash is no pattern.
  if ((field === 'hash' || field === 'prefix') && typeof value === 'string') return hashSql(parameters, field, value);
  if (field === 'preview') {
    const words = parameters.bind(`%${toLike(value)}%`);
    return `(r.input_preview ILIKE ${words} OR r.output_preview ILIKE ${words})`;
  }
  // As Swift and .NET write it, in capital letters.
  if (field === 'id' && RequestId.safeParse(value).success) {
    return `(r.id = ${parameters.bind(value)}::uuid OR r.provider_request_id = ${parameters.bind(value)})`;
  }
  const isAlike = alike(parameters, value);
  if (field === 'key') {
    // The keys first, which are few; a row of a key that was deleted is found by its id.
    const keys = `SELECT k.id FROM api_keys k WHERE k.org_id = ${parameters.bind(scope.org_id)}
      AND (k.name ${isAlike} OR k.key_prefix ${isAlike})`;
    return `(r.api_key_id = ANY(ARRAY(${keys})) OR r.api_key_id::text ${isAlike})`;
  }
  if (field === 'tool') return ofPayload(toolSql(isAlike));
  if (field === 'called') return ofPayload(calledSql(isAlike));
  return `(${columnsSql(field)
    .map((column) => `${column} ${isAlike}`)
    .join(' OR ')})`;
}

/** What a text is compared with: `= $1`, or `LIKE $1` of a pattern. */
function alike(parameters: Parameters, value: AskedValue): string {
  return typeof value === 'object' ? `LIKE ${parameters.bind(toLike(value))}` : `= ${parameters.bind(value)}`;
}

/** True of `request_payloads p` where such a tool was offered, in the shapes that shared/conversation/toolDefinitions.ts reads. */
function toolSql(isAlike: string): string {
  const declared = "coalesce(item.value -> 'functionDeclarations', item.value -> 'function_declarations')";
  return `EXISTS (
    SELECT FROM json_array_elements(CASE 'array' WHEN json_typeof(p.tools) THEN p.tools
                                    WHEN json_typeof(p.tools -> 'tools') THEN p.tools -> 'tools' END) item
    CROSS JOIN LATERAL (SELECT item.value UNION ALL
      SELECT each.value FROM json_array_elements(CASE json_typeof(${declared}) WHEN 'array' THEN ${declared} END) each) tool
    WHERE coalesce(tool.value -> 'function' ->> 'name', tool.value -> 'custom' ->> 'name', tool.value -> 'toolSpec' ->> 'name',
      tool.value ->> 'name', tool.value ->> 'type') ${isAlike})`;
}

/**
 * Of `request_payloads p`: a tool that the answer calls. The formats have in common that the name of the tool stands beside
 * its arguments, wherever in the answer that is.
 */
function calledSql(isAlike: string): string {
  return `EXISTS (
    WITH RECURSIVE part (value) AS (
      SELECT p.response WHERE p.response IS NOT NULL UNION ALL SELECT child.value FROM part CROSS JOIN LATERAL (
        SELECT item.value FROM json_array_elements(CASE json_typeof(part.value) WHEN 'array' THEN part.value END) item
        UNION ALL
        SELECT member.value FROM json_each(CASE json_typeof(part.value) WHEN 'object' THEN part.value END) member
      ) child WHERE json_typeof(child.value) IN ('array', 'object')
    )
    SELECT FROM part WHERE json_typeof(part.value) = 'object'
      AND coalesce(part.value -> 'arguments', part.value -> 'input', part.value -> 'args') IS NOT NULL
      AND coalesce(part.value ->> 'name', part.value ->> 'toolName') ${isAlike})`;
}

/**
 * By `requests_by_hash` and `requests_by_prefix`, which keep the hashes of one share of all in the order of time: a hash is
 * looked for in one of 32 shares, and a request is written at the end of one (docs/decisions/043).
 */
function hashSql(parameters: Parameters, field: 'hash' | 'prefix', value: string): string {
  const hash = `decode(${parameters.bind(value)}, 'hex')`;
  const column = field === 'hash' ? 'r.request_hash' : 'r.prefix_hash';
  return `(${HASH_SHARE(column)} = ${HASH_SHARE(hash)} AND ${column} = ${hash})`;
}

/** `slug`, or `slug@version`. */
function promptSql(parameters: Parameters, value: AskedValue): string {
  const isPattern = typeof value === 'object';
  const text = isPattern ? value.like : value;
  const at = text.lastIndexOf('@');
  const ofSlug = `r.prompt_slug ${alike(parameters, value)}`;
  if (at <= 0) return ofSlug;
  const [slug, version] = [text.slice(0, at), text.slice(at + 1)].map((part) =>
    alike(parameters, isPattern ? { like: part } : part),
  );
  // A slug may hold an @ of its own.
  return `(${ofSlug} OR (r.prompt_slug ${slug} AND r.prompt_version ${version}))`;
}

/** `>2h` and `2h` both mean within the last two hours: an age is compared, and what is younger began later. */
function timeSql(parameters: Parameters, { operator, value }: Extract<Query, { kind: 'time' }>): string {
  if ('agoMs' in value) {
    const moment = `now() - make_interval(secs => ${parameters.bind(value.agoMs / 1_000)})`;
    return `r.started_at ${operator.startsWith('<') ? '<' : '>='} ${moment}`;
  }
  if (operator !== '=') return `r.started_at ${OPERATORS[operator]} ${parameters.bind(value.at)}::timestamptz`;
  // A day alone is all of it.
  return `(r.started_at >= ${parameters.bind(value.at)}::timestamptz AND r.started_at < ${parameters.bind(value.at)}::timestamptz + interval '1 day')`;
}

function isAny(value: AskedValue): boolean {
  return typeof value === 'object' && value.like === ANY_VALUE.like;
}

/** A value as LIKE takes it, where `%` is any text; what LIKE would take for more than itself is escaped. */
function toLike(value: AskedValue): string {
  if (typeof value === 'string') return value.replaceAll(/[\\%_]/g, '\\$&');
  return value.like.replaceAll(/\\[*\\]|[*%_]/g, (part) => LIKE_PARTS.get(part) ?? part);
}

const LIKE_PARTS: ReadonlyMap<string, string> = new Map([
  ['*', '%'],
  ['\\*', '*'],
  ['%', '\\%'],
  ['_', '\\_'],
]);
