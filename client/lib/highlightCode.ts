/** Just enough highlighting for a snippet of ten lines; a highlighter would weigh more than the page. */

/** A piece of code that has one color. */
export type CodeToken = { readonly text: string; readonly kind: 'comment' | 'string' | 'keyword' | 'plain' };

/** The slashes after a colon are those of an address: shell commands have them outside of strings. A `#` begins a line in Python. */
const PATTERN =
  /(?<comment>(?<!:)\/\/.*|(?<=^[ ]*)#.*)|(?<string>'[^'\n]*'|"[^"\n]*")|(?<keyword>\b(?:import|from|const|await|new)\b)/gm;

/** The code in pieces, which joined are the code again. */
export function highlightCode(code: string): CodeToken[] {
  const tokens: CodeToken[] = [];
  let end = 0;
  for (const match of code.matchAll(PATTERN)) {
    if (match.index > end) tokens.push({ text: code.slice(end, match.index), kind: 'plain' });
    tokens.push({ text: match[0], kind: kindOf(match.groups) });
    end = match.index + match[0].length;
  }
  if (end < code.length) tokens.push({ text: code.slice(end), kind: 'plain' });
  return tokens;
}

function kindOf(groups: Record<string, string | undefined> | undefined): CodeToken['kind'] {
  if (groups?.comment !== undefined) return 'comment';
  return groups?.string === undefined ? 'keyword' : 'string';
}
