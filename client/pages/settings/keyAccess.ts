/** Scopes as people choose them: three usual sets, and whatever else a key may have. */
import type { ApiKeyScope } from '#shared/apiKey';

/** A set of scopes under a name. */
export type Access = { readonly label: string; readonly meaning: string; readonly scopes: readonly ApiKeyScope[] };

/** The sets that a new key can have. */
export const ACCESS = {
  full: { label: 'Full access', meaning: 'Logs, reads, and manages keys.', scopes: ['ingest', 'read', 'manage'] },
  log: { label: 'Log only', meaning: 'For applications: writes logs and sees nothing.', scopes: ['ingest'] },
  read: { label: 'Read only', meaning: 'For people and reports: sees everything, changes nothing.', scopes: ['read'] },
} as const satisfies Record<string, Access>;
export type AccessName = keyof typeof ACCESS;

/** What a set of scopes is called. A set without a name is spelled out. */
export function accessOf(scopes: readonly ApiKeyScope[]): Pick<Access, 'label' | 'meaning'> {
  const named = Object.values(ACCESS).find((access) => isSameSet(access.scopes, scopes));
  return named ?? { label: scopes.join(', '), meaning: `May ${scopes.join(' and ')}.` };
}

function isSameSet(one: readonly ApiKeyScope[], other: readonly ApiKeyScope[]): boolean {
  return one.length === other.length && one.every((scope) => other.includes(scope));
}
