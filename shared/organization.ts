import { z } from 'zod';
import { DisplayName, Instant, OrgId, strictInput } from './primitives.ts';
import { ApiKey } from './apiKey.ts';

export const Organization = z
  .object({ id: OrgId, name: z.string(), created_at: Instant })
  .meta({ id: 'Organization', description: 'The tenant; it owns keys, requests and all that hangs on them.' });
export type Organization = z.infer<typeof Organization>;

export const CreateOrganizationInput = strictInput({ name: DisplayName });
export type CreateOrganizationInput = z.infer<typeof CreateOrganizationInput>;

/** Who is signed in to the dashboard: an organization, and the key that opened it. */
export const Session = z.object({ organization: Organization, api_key: ApiKey }).meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;
