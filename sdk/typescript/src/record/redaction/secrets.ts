/** Keys, which must not be found in a record: providers repeat them in the texts of errors. */
import type { RecordSettings } from '../settings.js';
import { processGlobal } from '../../runtime/globals.js';
import { isString } from '../../runtime/values.js';

/** More than a program has at a time; the oldest go first. */
const MAX_KEYS = 100;

/** Keys of tracked clients, for the texts of errors. Oldest out. */
export const clientKeys = processGlobal('clientKeys', () => new Set<string>());

/** Notes the key of a client as it is now: when it is tracked, and again when a call failed, for it may be renewed. */
export function noteKey(client: object): void {
  const { apiKey } = client as { apiKey?: unknown };
  if (!isString(apiKey)) return;
  clientKeys.delete(apiKey);
  clientKeys.add(apiKey);
  if (clientKeys.size > MAX_KEYS) clientKeys.delete(clientKeys.values().next().value as string);
}

/** The keys of all clients: a span does not know which client its error comes from. `client`: the one whose call failed. */
export function knownSecrets({ apiKey }: Pick<RecordSettings, 'apiKey'>, client?: object): string[] {
  if (client) noteKey(client);
  return [...clientKeys, apiKey ?? ''];
}
