/** Three lines that keep columns are a table; fewer may be a slip of the space bar. */
const FEWEST = 3;
/** Looked at: the beginning says what a text is. */
const LINES = 60;
const CHARACTERS = 8_000;

/** True where a text is made of columns, as an invoice, a table or a diff is: it needs letters of one width. */
export function hasColumns(text: string): boolean {
  const lines = text
    .slice(0, CHARACTERS)
    .split('\n', LINES)
    .filter((line) => line.trim() !== '');
  if (lines.some((line) => /^(?:@@ -\d|diff --git )/.test(line))) return true;
  const inColumns = lines.filter(isInColumns).length;
  return inColumns >= FEWEST && inColumns * 3 >= lines.length;
}

/** A gap between words that no sentence ends before, a tab, or the bars of a drawn table. */
function isInColumns(line: string): boolean {
  return /[^\s.!?:;]\s{2,}\S/.test(line.trim()) || /\S\t\S/.test(line) || /^\s*[|│┃+].*[|│┃+]\s*$/.test(line);
}
