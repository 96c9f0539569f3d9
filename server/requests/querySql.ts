/** A query of the query language as a condition on `requests r`. What is unknown matches no comparison, and each negation. */
import type { Operator, Query } from '#shared/query/parseQuery';
import type { QueryFieldName, QueryPresence } from '#shared/query/fields';
import type { Parameters } from '#server/db/sql';
import { wordsSql } from '#server/search/wordsSql';

/** What a field is in SQL; several where any of them may match. Constants of ours, never a word of a caller. */
const COLUMNS: Readonly<Record<QueryFieldName, readonly string[]>> = {
  model: ['r.model'],
  provider: ['r.provider'],
  status: ['r.status'],
  env: ['r.environment'],
  user: ['r.user_id'],
  session: ['r.session_id'],
  trace: ['r.trace_id'],
  parent: ['r.parent_id'],
  prompt: ['r.prompt_slug'],
  release: ['r.release'],
  name: ['r.name'],
  endpoint: ['r.endpoint'],
  finish: ['r.finish_reason'],
  tier: ['r.service_tier'],
  id: ['r.id::text', 'r.provider_request_id'],
  preview: ['r.input_preview', 'r.output_preview'],
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

const payload = (condition: string) =>
  `EXISTS (SELECT FROM request_payloads p WHERE p.org_id = r.org_id AND p.id = r.id AND ${condition})`;

const PRESENCE: Readonly<Record<QueryPresence, string>> = {
  error: "(r.status = 'error' OR r.error IS NOT NULL)",
  usage: '(r.input_tokens IS NOT NULL OR r.output_tokens IS NOT NULL)',
  cost: 'r.cost_usd IS NOT NULL',
  prompt: 'r.prompt_slug IS NOT NULL',
  trace: 'r.trace_id IS NOT NULL',
  user: 'r.user_id IS NOT NULL',
  session: 'r.session_id IS NOT NULL',
  tags: "r.tags <> '{}'",
  tools: payload("p.tools IS NOT NULL AND p.tools::text <> '[]'"),
  metadata: payload("p.metadata IS NOT NULL AND p.metadata::text <> '{}'"),
};

const OPERATORS: Readonly<Record<Operator, string>> = { '=': '=', '>': '>', '>=': '>=', '<': '<', '<=': '<=' };

/** The condition; all values are bound. */
export function querySql(parameters: Parameters, query: Query): string {
  switch (query.kind) {
    case 'and':
    case 'or':
      return `(${query.of.map((part) => querySql(parameters, part)).join(query.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      // What is not known is not that value either.
      return `((${querySql(parameters, query.of)}) IS NOT TRUE)`;
    case 'text':
      return textSql(parameters, query.field, query.value);
    case 'words':
      return wordsSql(parameters, query);
    case 'number': {
      const [column = ''] = COLUMNS[query.field];
      return `${column} ${OPERATORS[query.operator]} ${parameters.bind(query.value)}::numeric`;
    }
    case 'time':
      return timeSql(parameters, query);
    case 'has':
      return PRESENCE[query.what];
    case 'tag':
      return query.value === '*'
        ? `r.tags ? ${parameters.bind(query.key)}`
        : isPattern(query.value)
          ? `r.tags ->> ${parameters.bind(query.key)} LIKE ${parameters.bind(toLike(query.value))}`
          : `r.tags @> ${parameters.bind(JSON.stringify(Object.fromEntries([[query.key, query.value]])))}::jsonb`;
    case 'meta':
      return payload(
        query.value === '*'
          ? `(p.metadata -> ${parameters.bind(query.key)}) IS NOT NULL`
          : `p.metadata ->> ${parameters.bind(query.key)} LIKE ${parameters.bind(toLike(query.value))}`,
      );
  }
}

function textSql(parameters: Parameters, field: QueryFieldName, value: string): string {
  if (field === 'prompt') return promptSql(parameters, value);
  const [one = '', ...others] = COLUMNS[field];
  const conditions = [one, ...others].map((column) => {
    if (field === 'preview') return `${column} ILIKE ${parameters.bind(`%${toLike(value)}%`)}`;
    return `${column} ${isPattern(value) ? `LIKE ${parameters.bind(toLike(value))}` : `= ${parameters.bind(value)}`}`;
  });
  return `(${conditions.join(' OR ')})`;
}

/** `slug`, or `slug@version`. */
function promptSql(parameters: Parameters, value: string): string {
  const alike = (column: string, text: string) =>
    `${column} ${isPattern(text) ? `LIKE ${parameters.bind(toLike(text))}` : `= ${parameters.bind(text)}`}`;
  const at = value.lastIndexOf('@');
  if (at <= 0) return alike('r.prompt_slug', value);
  return `(${alike('r.prompt_slug', value.slice(0, at))} AND ${alike('r.prompt_version', value.slice(at + 1))})`;
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

function isPattern(value: string): boolean {
  return value.includes('*');
}

/** `*` is any text; what LIKE would take for more than itself is escaped. */
function toLike(value: string): string {
  return value.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}
