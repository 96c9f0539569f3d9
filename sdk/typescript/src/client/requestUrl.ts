import { processGlobal } from '../runtime/globals.js';
import type { RecordId } from '../runtime/uuid.js';
import { isString } from '../runtime/values.js';

/** A hidden mark on the answer, as the library's own `_request_id`; a WeakMap costs the collector more than all the rest. */
const LOGGED_AT = Symbol.for('promptlab.loggedAt');

/** @internal Where a logged result can be found again. */
export interface LoggedAt {
  /** A text, or what becomes one when it is asked for. */
  readonly id: string | RecordId;
  readonly baseUrl: string;
}

/** @internal By the provider's id, for results that a helper rebuilt. Bounded; oldest out. */
export const loggedIds = processGlobal('loggedIds', () => new Map<string, LoggedAt>());

/** @internal The dashboard's page of one request. */
export function requestUrl(baseUrl: string, id: string): string {
  return `${baseUrl}/requests?id=${encodeURIComponent(id)}`;
}

/** The dashboard's page of the call that gave this answer (or stream), or undefined where it was not recorded. */
export function getRequestUrl(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  const { id } = result as { id?: unknown };
  const loggedAt = (result as { [LOGGED_AT]?: LoggedAt })[LOGGED_AT] ?? (isString(id) ? loggedIds.get(id) : undefined);
  return loggedAt && requestUrl(loggedAt.baseUrl, String(loggedAt.id));
}

/** @internal A frozen answer stays unmarked; it is still found by its id. */
export function markLogged(result: object, loggedAt: LoggedAt): void {
  Reflect.defineProperty(result, LOGGED_AT, { value: loggedAt, configurable: true, enumerable: false, writable: true });
}
