/** Whether a model of the list is the one that a name stands for. Pure. */
import type { MatchLogic } from '@pydantic/genai-prices';

/**
 * What may stand behind the beginning of a name without changing its price: dates, versions, `latest`. The list asks only
 * how a name begins or what it contains, and so finds `gemini-3.6-flash` in `gemini-3.6-flash-image`, which costs more.
 */
const SUFFIXES = [
  '[-@]20\\d{6}',
  '-20\\d{2}-\\d{2}-\\d{2}',
  '-\\d{2}-20\\d{2}',
  '-2\\d(?:0[1-9]|1[0-2])',
  '[-@](?:latest|default)',
  '-00\\d',
  '-preview(?:-\\d{2}-\\d{2})?',
  '-v1',
  // Of Vertex, where a date follows: `claude-3-5-sonnet-v2@20241022`.
  '-v\\d+(?=@20)',
  '-v\\d+:\\d+',
  ':\\d+k?',
];
const UNCHANGED_PRICE = new RegExp(`^(?:${SUFFIXES.join('|')})*$`);
/** What may stand before it: where Bedrock runs a model, and whose it is. */
const PREFIX = /^(?:(?:us|eu|apac|au|jp|ca|sa|in|global)\.)?(?:[a-z0-9]+\.)?$/;
/** Literals of the list that end within a date or a version. */
const OPEN_END = /[-@]$|-0$|[-@]20\d{2}$|[-@]20\d{2}-$/;

/** True where the name (in small letters) is the model's, with nothing around it that may change the price. */
export function matchesModel(match: MatchLogic, name: string): boolean {
  if ('or' in match) return match.or.some((one) => matchesModel(one, name));
  if ('and' in match) return match.and.every((one) => matchesModel(one, name));
  if ('equals' in match) return name === match.equals.toLowerCase();
  if ('regex' in match) return new RegExp(match.regex).test(name);
  if ('starts_with' in match) return isAt(name, match.starts_with, 0);
  if ('ends_with' in match) return isAt(name, match.ends_with, name.length - match.ends_with.length);
  return isAt(name, match.contains, name.indexOf(match.contains.toLowerCase()));
}

/** True where one name is the other with a date or a version behind it: `gpt-5-mini-2026-01-15` and `gpt-5-mini`. */
export function isVersionOf(one: string, other: string): boolean {
  const [short = '', long = ''] = [one.toLowerCase(), other.toLowerCase()].toSorted((a, b) => a.length - b.length);
  return long.startsWith(short) && isUnchangedPrice(short, long.slice(short.length));
}

function isAt(name: string, literal: string, place: number): boolean {
  const wanted = literal.toLowerCase();
  if (place < 0 || !name.startsWith(wanted, place)) return false;
  const before = name.slice(0, place);
  const after = name.slice(place + wanted.length);
  return (before === '' || PREFIX.test(before)) && isUnchangedPrice(wanted, after);
}

function isUnchangedPrice(literal: string, after: string): boolean {
  // A fine-tuned model ends with the names of its owner.
  if (literal.startsWith('ft:') || literal.endsWith('.ft-')) return true;
  if (after === '') return true;
  const open = OPEN_END.exec(literal)?.[0] ?? '';
  return UNCHANGED_PRICE.test(open + after);
}
