import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { OrgId } from '#shared/primitives';
import type { TestApp } from './testApp.ts';

/** All that an organization owns, without the times that its own calls move. */
export async function snapshotOf(app: TestApp, org_id: string): Promise<unknown> {
  // What was counted so far is written, so that a call which only reads changes nothing.
  await app.deps.healthCounts.flush();
  await app.deps.rollups.bringUpToDate(scopeForAdmin(serverAdminScope(), OrgId.parse(org_id)));
  const [row] = await app.deps.db.query(
    `SELECT (SELECT json_agg(t ORDER BY t.id) FROM organizations t WHERE id = $1)::text AS organization,
      (SELECT json_agg(to_jsonb(t) - 'last_used_at' ORDER BY t.id) FROM api_keys t WHERE org_id = $1)::text AS keys,
      (SELECT json_agg(t ORDER BY t.id) FROM requests t WHERE org_id = $1)::text AS requests,
      (SELECT json_agg(t ORDER BY t.id) FROM request_payloads t WHERE org_id = $1)::text AS payloads,
      (SELECT json_agg(t ORDER BY t.hour, t.model) FROM request_hours t WHERE org_id = $1)::text AS hours,
      (SELECT json_agg(t ORDER BY t.day, t.model) FROM request_days t WHERE org_id = $1)::text AS days,
      (SELECT json_agg(t ORDER BY t.grain, t.starts_at) FROM request_totals t WHERE org_id = $1)::text AS totals,
      (SELECT json_agg(t ORDER BY t.day, t.user_id) FROM request_user_days t WHERE org_id = $1)::text AS user_days,
      (SELECT json_agg(t ORDER BY t.dimension, t.grain, t.starts_at, t.value) FROM request_values t WHERE org_id = $1)::text AS dimension_values,
      (SELECT json_agg(t ORDER BY t.id) FROM unsummed_requests t WHERE org_id = $1)::text AS unsummed,
      (SELECT json_agg(t ORDER BY t.id) FROM saved_views t WHERE org_id = $1)::text AS views,
      (SELECT json_agg(t ORDER BY t.id, t.version) FROM prices t WHERE org_id = $1)::text AS prices,
      (SELECT json_agg(t ORDER BY t.hour, t.source, t.reason) FROM data_health_hours t WHERE org_id = $1)::text AS health,
      (SELECT json_agg(t ORDER BY t.id) FROM otlp_waiting t WHERE org_id = $1)::text AS waiting,
      (SELECT json_agg(t ORDER BY t.id) FROM spans t WHERE org_id = $1)::text AS spans,
      (SELECT json_agg(t ORDER BY t.id) FROM span_payloads t WHERE org_id = $1)::text AS span_payloads`,
    [org_id],
  );
  return row;
}
