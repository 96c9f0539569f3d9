import { parseQuery } from '#shared/query/parseQuery';

/** Where a pasted text may lead; `value` is the id, or the query. */
export interface PasteTarget {
  readonly kind: 'request' | 'trace' | 'query';
  readonly value: string;
  readonly label: string;
}

const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/i;

/** What a text that somebody pasted may lead to: the request or the trace of an id, a link to one of them, a query. */
export function pasteTargets(text: string): PasteTarget[] {
  const pasted = text.trim();
  const targets: PasteTarget[] = [];
  const uuid = UUID.exec(pasted)?.[0].toLowerCase();
  const traceOfLink = /\/traces\/([^/?#\s]+)/.exec(pasted)?.[1];
  if (uuid !== undefined && traceOfLink === undefined) {
    targets.push({ kind: 'request', value: uuid, label: `Request ${uuid}` });
  }
  const trace = traceOfLink === undefined ? pasted : decode(traceOfLink);
  // A word without a digit or a sign in it is the name of a page or an action.
  if (/^(?=.*[^a-z])\S{4,256}$/i.test(trace) && !trace.includes('://') && !trace.endsWith(':')) {
    targets.push({ kind: 'trace', value: trace, label: `Trace ${trace}` });
  }
  if (pasted.includes(':') && !pasted.includes('://') && parseQuery(pasted).problem === null) {
    targets.push({ kind: 'query', value: pasted, label: `Requests that match ${pasted}` });
  }
  return targets;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
