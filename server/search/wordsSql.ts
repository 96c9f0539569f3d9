/**
 * The condition that a request holds words, as shared/query/words.ts means it, on `requests r`. It is exact: a text is
 * looked for in the JSON as it is stored, and where that holds it, in the decoded texts inside. So it may stand in any
 * list, total or deletion, under OR and NOT; which rows it is asked of is up to the caller.
 */
import type { WordsPart } from '#shared/query/parseQuery';
import { foldCase } from '#shared/query/words';
import type { Parameters } from '#server/db/sql';
import { ofPayload } from '#server/requests/ofPayload';
import { ID_COLUMNS, PROTOCOL_KEYS, PROTOCOL_VALUES } from './searchedText.ts';

/** The condition that words stand in a part of a request. */
export function wordsSql(parameters: Parameters, { part, value }: { part: WordsPart; value: string }): string {
  const look = new Look(parameters, value);
  const input = look.inJson('p.messages');
  const response = [look.inText('p.response_content'), look.inJson('p.response')];
  if (part === 'input') return ofPayload(input);
  if (part === 'response') return ofPayload(response.join(' OR '));
  // Least first: what is found in the row needs no payload.
  const own = [
    ...ID_COLUMNS.map((column) => look.inText(column === 'id' ? 'r.id::text' : `r.${column}`)),
    `(r.tags <> '{}' AND EXISTS (SELECT FROM jsonb_each_text(r.tags) tag WHERE ${look.inText('tag.value')}))`,
    `(r.error IS NOT NULL AND ${look.inJson('r.error')})`,
  ];
  return `(${own.join(' OR ')} OR ${ofPayload([...response, input].join(' OR '))})`;
}

const quoted = (texts: readonly string[]) => texts.map((text) => `'${text}'`).join(', ');
const IS_PROTOCOL = `member.key IN (${quoted(PROTOCOL_KEYS)}) AND member.value #>> '{}' IN (${quoted(PROTOCOL_VALUES)})`;

/** Looks for one text in columns. */
class Look {
  readonly #word: string;
  /** As JSON.stringify writes it inside of a string, which is how it is stored. */
  readonly #escaped: string;
  readonly #fold: (column: string) => string;

  constructor(parameters: Parameters, value: string) {
    const word = foldCase(value);
    const escaped = JSON.stringify(word).slice(1, -1);
    this.#word = `${parameters.bind(word)}::text`;
    this.#escaped = escaped === word ? this.#word : `${parameters.bind(escaped)}::text`;
    this.#fold = foldSql(parameters, word);
  }

  inText(column: string): string {
    return `position(${this.#word} IN ${this.#fold(column)}) > 0`;
  }

  /** Only the branches that hold the text are followed. CASE keeps the order, which AND does not. */
  inJson(column: string): string {
    const holds = (json: string) => `position(${this.#escaped} IN ${this.#fold(`${json}::text`)}) > 0`;
    return `CASE WHEN ${holds(column)} THEN EXISTS (
      WITH RECURSIVE part (value) AS (
        SELECT ${column} UNION ALL SELECT child.value FROM part CROSS JOIN LATERAL (
          SELECT item.value FROM json_array_elements(CASE json_typeof(part.value) WHEN 'array' THEN part.value END) item
          UNION ALL
          SELECT member.value FROM json_each(CASE json_typeof(part.value) WHEN 'object' THEN part.value END) member
          WHERE NOT (${IS_PROTOCOL})
        ) child WHERE ${holds('child.value')}
      ) SELECT FROM part WHERE json_typeof(value) = 'string' AND ${this.inText("value #>> '{}'")}
    ) ELSE false END`;
  }
}

/**
 * A column as foldCase makes it, as far as this word can tell: ASCII by `lower` in the locale "C", which is the same on
 * every Postgres, and of other letters those that the word holds.
 */
function foldSql(parameters: Parameters, word: string): (column: string) => string {
  const pairs = [...new Set(word)].flatMap((letter) => (upperOf().get(letter) ?? []).map((upper) => [upper, letter]));
  const from = pairs.map(([upper]) => upper).join('');
  const to = pairs.map(([, letter]) => letter).join('');
  const [boundFrom, boundTo] = from === '' ? ['', ''] : [parameters.bind(from), parameters.bind(to)];
  const hasLetters = /[a-z]/.test(word);
  return (column) => {
    const text = hasLetters ? `lower(${column} COLLATE "C")` : `(${column} COLLATE "C")`;
    return from === '' ? text : `translate(${text}, ${boundFrom}, ${boundTo})`;
  };
}

let upperLetters: ReadonlyMap<string, readonly string[]> | null = null;
/** Behind it are no letters with a case. */
const LAST_CASED = 0x1ffff;

/** The letters outside of ASCII that foldCase turns into a letter. */
function upperOf(): ReadonlyMap<string, readonly string[]> {
  if (upperLetters) return upperLetters;
  const found = new Map<string, string[]>();
  for (let code = 0x80; code <= LAST_CASED; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const letter = String.fromCodePoint(code);
    const folded = foldCase(letter);
    if (folded === letter) continue;
    const others = found.get(folded) ?? [];
    others.push(letter);
    found.set(folded, others);
  }
  upperLetters = found;
  return found;
}
