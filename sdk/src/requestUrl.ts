import { sharedState } from './state.js';

/** @internal The dashboard's page of one request. */
export function requestUrl(baseUrl: string, id: string): string {
  return `${baseUrl}/requests?id=${encodeURIComponent(id)}`;
}

/** The dashboard's page of the call that gave this answer (or stream), or undefined where it was not recorded. */
export function getRequestUrl(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  const { loggedResults, loggedIds } = sharedState();
  const { id } = result as { id?: unknown };
  const loggedAt = loggedResults.get(result) ?? (typeof id === 'string' ? loggedIds.get(id) : undefined);
  return loggedAt && requestUrl(loggedAt.baseUrl, loggedAt.id);
}
