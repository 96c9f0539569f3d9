import { sharedState, type LoggedAt } from './state.js';
import { isText } from './values.js';

/** A hidden mark on the answer, as the library's own `_request_id`; a WeakMap costs the collector more than all the rest. */
const LOGGED_AT = Symbol.for('promptlab.loggedAt');

/** @internal The dashboard's page of one request. */
export function requestUrl(baseUrl: string, id: string): string {
  return `${baseUrl}/requests?id=${encodeURIComponent(id)}`;
}

/** The dashboard's page of the call that gave this answer (or stream), or undefined where it was not recorded. */
export function getRequestUrl(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  const { id } = result as { id?: unknown };
  const loggedAt =
    (result as { [LOGGED_AT]?: LoggedAt })[LOGGED_AT] ?? (isText(id) ? sharedState().loggedIds.get(id) : undefined);
  return loggedAt && requestUrl(loggedAt.baseUrl, String(loggedAt.id));
}

/** @internal A frozen answer stays unmarked; it is still found by its id. */
export function markLogged(result: object, loggedAt: LoggedAt): void {
  Reflect.defineProperty(result, LOGGED_AT, { value: loggedAt, configurable: true, enumerable: false, writable: true });
}
