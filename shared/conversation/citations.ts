/** Sources that an answer names, in the spelling of each provider. Pure. */
import type { JsonValue } from '#shared/primitives';
import { type Citation, joinTexts, listOf, objectOf, type Part, textOf } from './part.ts';

/** Sources that an answer names: of a web search, of documents. What names none in a way that we know is JSON. */
export function parseCitations(annotations: JsonValue | undefined): Part[] {
  const given = listOf(annotations);
  const sources = given.map(readCitation);
  const known = sources.filter((source) => source !== null);
  const unknown = given.filter((_, index) => sources[index] === null);
  return [
    ...(known.length === 0 ? [] : [{ kind: 'citations', sources: known } as const]),
    ...unknown.map((value) => ({ kind: 'json', value }) as const),
  ];
}

/** Names under which a citation nests what it cites. */
const CITED = ['url_citation', 'file_citation', 'container_file_citation', 'web', 'retrievedContext'] as const;

function readCitation(annotation: JsonValue): Citation | null {
  const address = textOf(annotation);
  if (address !== null) return { title: null, url: address, quote: null };
  const outer = objectOf(annotation);
  if (outer === null) return null;
  const nested = CITED.map((name) => objectOf(outer[name])).find((inner) => inner !== null);
  const fields = nested ?? outer;
  const title =
    textOf(fields.title) ?? textOf(fields.document_title) ?? textOf(fields.filename) ?? textOf(fields.file_id);
  const url = textOf(fields.url) ?? textOf(fields.uri);
  const quote =
    textOf(fields.cited_text) ?? textOf(fields.snippet) ?? textOf(fields.content) ?? joinTexts(fields.sourceContent);
  return title === null && url === null && quote === null ? null : { title, url, quote };
}
