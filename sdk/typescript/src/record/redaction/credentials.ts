/** Takes credentials out of what configures a call: the headers of a tool, the secrets of a container. Their names stay. */
import { isRecord, setOwn } from '../../runtime/values.js';
import type { JsonObject, JsonValue, LogInput } from '../../wire.js';

type Kind = 'credential' | 'schema' | 'plain';

const HIDDEN = '[removed: credential]';
const CREDENTIAL = /(?:headers|authorization|api[-_]?key|cookie|token|password|secrets?)$/i;
/** What follows names parameters and holds no values: a tool may well have a parameter that is called `token`. */
const SCHEMA = /^(?:properties|\$defs|definitions)$/;
/** Tools say the same names again and again, and to look one up costs less than to read it. */
const kinds = new Map<string, Kind>();
const MAX_KNOWN = 1_000;

/** Changes a log that is ours alone. Words are left as they are: in an answer, a token is a piece of text. */
export function hideCredentials({ endpoint, messages, response, parameters, tools }: LogInput): void {
  hideIn(parameters);
  hideIn(tools);
  hideInTools(response);
  // Only there do the items of a conversation bring tools along.
  if (endpoint === 'chat.completions') return;
  hideInItems(messages);
  if (isRecord(response)) hideInItems(response.output);
}

function hideInItems(items: JsonValue | undefined): void {
  if (Array.isArray(items)) for (const item of items) hideInTools(item);
}

function hideInTools(owner: JsonValue | undefined): void {
  if (isRecord(owner)) hideIn(owner.tools);
}

/** Hides credentials in what a step was given or gave back, found by the names of its members. */
export function hideCredentialsIn(value: JsonValue | undefined): void {
  hideIn(value);
}

function hideIn(value: JsonValue | undefined): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) hideIn(item);
    return;
  }
  for (const key of Object.keys(value)) {
    const member = value[key] as JsonValue;
    const kind = kindOf(key);
    if (kind === 'plain') hideIn(member);
    else if (kind === 'credential' && member !== null) value[key] = isRecord(member) ? withoutValues(member) : HIDDEN;
  }
}

function kindOf(name: string): Kind {
  let kind = kinds.get(name);
  if (!kind) {
    kind = CREDENTIAL.test(name) ? 'credential' : SCHEMA.test(name) ? 'schema' : 'plain';
    if (kinds.size < MAX_KNOWN) kinds.set(name, kind);
  }
  return kind;
}

function withoutValues(given: JsonObject): JsonObject {
  const names: JsonObject = {};
  for (const name of Object.keys(given)) setOwn(names, name, HIDDEN);
  return names;
}
