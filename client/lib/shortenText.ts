/** A little more than the limit is shown whole: a button that reveals one word annoys. */
const SLACK_CHARACTERS = 200;

/** The beginning of a long text, cut after so many lines or characters; a short text as it is. */
export function shortenText(text: string, maxLines: number, maxCharacters: number): string {
  const limit = Math.min(endOfLine(text, maxLines), maxCharacters);
  return text.length - limit <= SLACK_CHARACTERS ? text : text.slice(0, limit).trimEnd();
}

/** Where the given line ends; the end of the text where there are fewer lines. */
function endOfLine(text: string, line: number): number {
  let end = -1;
  for (let found = 0; found < line; found += 1) {
    end = text.indexOf('\n', end + 1);
    if (end === -1) return text.length;
  }
  return end;
}
