/** What a list says of each trace, as SQL over `$1` (the organization) and `$2` (ids of traces). Pure. */
import { GROUP_SUMS, type GroupRows, rowsOfGroupSql } from '#server/db/groupWalk';
import { SUMMED_ROWS } from './groupSources.ts';

const COMMON = `r.id, r.name, r.parent_id, r.started_at, r.latency_ms, r.status, r.user_id, r.session_id, r.environment,
  r.input_preview, r.output_preview`;
const rows = (table: GroupRows['table'], columns: string) =>
  rowsOfGroupSql(
    { table, group: 'trace_id', org_id: '$1', name: 'asked.trace_id', limit: SUMMED_ROWS + 1 },
    `${COMMON}, ${columns}`,
  );
const STEPS = `${rows('spans', 'true AS is_span, NULL::text AS label, NULL::text AS model, NULL::bigint AS input_tokens, NULL::bigint AS output_tokens, NULL::numeric AS cost_usd')}
  UNION ALL
  ${rows('requests', 'false, coalesce(r.name, r.prompt_slug, r.model), r.model, r.input_tokens, r.output_tokens, r.cost_usd')}`;

/** The root before all others, then in time. */
const ROOT_FIRST = '(is_span AND parent_id IS NULL) DESC, started_at';

export const TRACE_SUMMARIES = `SELECT asked.trace_id, sums.*
  FROM unnest($2::text[]) AS asked (trace_id)
  CROSS JOIN LATERAL (
    SELECT (array_agg(coalesce(label, name) ORDER BY ${ROOT_FIRST}, is_span DESC, id))[1] AS name, min(started_at) AS started_at,
      (extract(epoch FROM max(started_at + latency_ms * interval '1 millisecond') - min(started_at)) * 1000)
        ::double precision AS latency_ms,
      count(*) FILTER (WHERE NOT is_span)::int AS requests,
      count(*) FILTER (WHERE is_span)::int AS spans,
      count(*) FILTER (WHERE status = 'error')::int AS errors,
      ${GROUP_SUMS},
      count(*) FILTER (WHERE NOT is_span AND cost_usd IS NULL)::int AS unpriced_requests,
      coalesce((array_agg(DISTINCT model) FILTER (WHERE model IS NOT NULL))[1:5], '{}') AS models,
      (array_agg(user_id ORDER BY started_at, id) FILTER (WHERE user_id IS NOT NULL))[1] AS user_id,
      (array_agg(session_id ORDER BY started_at, id) FILTER (WHERE session_id IS NOT NULL))[1] AS session_id,
      (array_agg(environment ORDER BY started_at, id) FILTER (WHERE environment IS NOT NULL))[1] AS environment,
      (array_agg(input_preview ORDER BY ${ROOT_FIRST}, id) FILTER (WHERE input_preview IS NOT NULL))[1] AS input_preview,
      (array_agg(output_preview ORDER BY ${ROOT_FIRST} DESC, id DESC) FILTER (WHERE output_preview IS NOT NULL))[1]
        AS output_preview,
      bool_or(parent_id IS NULL) AS has_root,
      greatest(count(*) FILTER (WHERE is_span), count(*) FILTER (WHERE NOT is_span)) > ${SUMMED_ROWS} AS is_partial
    FROM (${STEPS}) step
  ) sums WHERE sums.started_at IS NOT NULL`;
