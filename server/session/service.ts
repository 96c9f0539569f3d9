import type { Session } from '#shared/organization';
import { getApiKey } from '#server/apiKeys/service';
import type { Caller } from '#server/auth/authenticate';
import type { Deps } from '#server/deps';
import { getOrganization } from '#server/organizations/service';

/** Who asks: the organization, and the key that proved it. */
export async function getSession(deps: Deps, { scope, api_key_id }: Caller): Promise<Session> {
  const [organization, api_key] = await Promise.all([
    getOrganization({ db: deps.reads.of(scope) }, scope),
    getApiKey(deps, scope, api_key_id),
  ]);
  return { organization, api_key };
}
