/** All that is known of a request besides its words, one row for each value. Pure. */
import { ExactNumber, stringifyExactJson } from '#shared/exactJson';
import type { JsonValue } from '#shared/primitives';
import type { LoggedRequest } from '#shared/request';
import { formatExact } from '../../lib/time.ts';
import { promptName, REQUEST_TERMS } from './requestTerms.ts';

/** A value with its label. */
export interface MetadataRow {
  readonly label: string;
  /** As a text, which is copied and asked for. */
  readonly value: string;
  /** What is shown in its place, such as a time in the zone of its reader. */
  readonly shown?: string;
  /** As the query language calls it; null for what it cannot ask for. */
  readonly term: string | null;
  /** An id, or another text whose letters count one by one. */
  readonly isMono?: boolean;
  /** A list or an object, which is a tree. */
  readonly tree?: JsonValue;
}

/** Rows below one heading; never empty. */
export interface MetadataGroup {
  readonly title: string;
  readonly rows: readonly MetadataRow[];
}

const IDS = new Set(['Trace', 'Parent', 'User', 'Session', 'Provider id']);

/** Groups without a row are left out. API keys go by their names, where these are known. */
export function metadataGroups(
  request: LoggedRequest,
  keyNames: ReadonlyMap<string, string> = new Map(),
): MetadataGroup[] {
  const facts = REQUEST_TERMS.flatMap(({ label, name, valueOf }): MetadataRow[] => {
    const value = valueOf(request);
    return value === null ? [] : [{ label, value, term: name, isMono: IDS.has(label) }];
  });
  const groups: MetadataGroup[] = [
    {
      title: 'Facts',
      rows: [{ label: 'Id', value: request.id, term: 'id', isMono: true }, ...facts, ...timesOf(request)],
    },
    {
      title: 'Tags',
      rows: Object.entries(request.tags).map(([key, value]) => ({ label: key, value, term: `tag.${key}` })),
    },
    { title: 'Metadata', rows: Object.entries(request.metadata ?? {}).map(([key, value]) => metadataRow(key, value)) },
    { title: 'Logging', rows: [...keyOf(request, keyNames), ...loggingOf(request)] },
  ];
  return groups.filter(({ rows }) => rows.length > 0);
}

/** How many values there are, for the label of the tab. */
export function countMetadata(request: LoggedRequest): number {
  return metadataGroups(request).reduce((sum, { rows }) => sum + rows.length, 0);
}

function timesOf({ started_at, created_at }: LoggedRequest): MetadataRow[] {
  return [
    { label: 'Started', value: started_at, shown: formatExact(started_at), term: null },
    { label: 'Stored', value: created_at, shown: formatExact(created_at), term: null },
  ];
}

function metadataRow(key: string, value: JsonValue): MetadataRow {
  const isTree = typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
  const text = typeof value === 'string' ? value : stringifyExactJson(value);
  return isTree
    ? { label: key, value: text, term: null, tree: value }
    : { label: key, value: text, term: value === null ? null : `meta.${key}` };
}

function keyOf({ api_key_id }: LoggedRequest, names: ReadonlyMap<string, string>): MetadataRow[] {
  if (api_key_id === null) return [];
  const name = names.get(api_key_id);
  return [
    { label: 'API key', value: api_key_id, term: 'key', ...(name === undefined ? { isMono: true } : { shown: name }) },
  ];
}

function loggingOf({ sdk, stream, truncated, sanitized, ...request }: LoggedRequest): MetadataRow[] {
  const rows: MetadataRow[] = [];
  if (stream !== null) rows.push({ label: 'Streamed', value: stream ? 'yes' : 'no', term: null });
  if (sdk) {
    const words = [sdk.name, sdk.version, sdk.runtime && `on ${sdk.runtime}`].filter(Boolean).join(' ');
    rows.push({ label: 'Logged by', value: words, term: null });
  }
  const { request_hash, prefix_hash } = request;
  if (request_hash !== null) rows.push({ label: 'Request hash', value: request_hash, term: 'hash', isMono: true });
  if (prefix_hash !== null) rows.push({ label: 'Prefix hash', value: prefix_hash, term: 'prefix', isMono: true });
  if (truncated) rows.push({ label: 'Cut', value: 'A field was longer than is kept', term: null });
  if (sanitized) rows.push({ label: 'Repaired', value: 'A character that cannot be stored was replaced', term: null });
  return rows;
}

/** What names a request in a sentence: its prompt, its label, or its model. */
export function requestTitle(
  request: Pick<LoggedRequest, 'name' | 'model' | 'prompt_slug' | 'prompt_version'>,
): string {
  return request.name ?? promptName(request) ?? request.model;
}
