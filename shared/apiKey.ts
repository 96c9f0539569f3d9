import { z } from 'zod';
import { ApiKeyId, DisplayName, Instant, strictInput } from './primitives.ts';

/** What a key may do. A key without a choice gets all three, as documented keys always did. */
export const ApiKeyScope = z.enum(['ingest', 'read', 'manage']).meta({
  id: 'ApiKeyScope',
  description: '`ingest` writes logs, `read` reads them, `manage` creates and deletes keys and data.',
});
export type ApiKeyScope = z.infer<typeof ApiKeyScope>;
export const ALL_SCOPES: readonly ApiKeyScope[] = ApiKeyScope.options;

/** A key as it may be shown at any time: never the secret, never its hash. */
export const ApiKey = z
  .object({
    id: ApiKeyId,
    key_prefix: z.string().describe('The first characters of the key, to recognise it by.'),
    name: z.string(),
    scopes: z.array(ApiKeyScope),
    created_at: Instant,
    last_used_at: Instant.nullable().describe('Null when never used; updated within a few seconds of use.'),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;

/** A key at the moment it is made: the only answer that ever holds the secret. */
export const CreatedApiKey = ApiKey.omit({ last_used_at: true })
  .extend({ key: z.string().describe('The secret. Shown once; only its SHA-256 is stored.') })
  .meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

/** Also where some are named twice. */
const MOST_SCOPES = 20;

export const CreateApiKeyInput = strictInput({
  name: DisplayName,
  scopes: z
    .array(ApiKeyScope)
    .min(1, 'must name at least one scope')
    .max(MOST_SCOPES, `must name at most ${MOST_SCOPES} scopes`)
    .transform((scopes) => [...new Set(scopes)])
    .optional(),
});
export type CreateApiKeyInput = z.input<typeof CreateApiKeyInput>;

export const Deleted = z.object({ success: z.literal(true) });
export type Deleted = z.infer<typeof Deleted>;
