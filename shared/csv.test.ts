import fc from 'fast-check';
import { csvCell, csvLine } from './csv.ts';

test.each(['=1+1', "=cmd|'/c calc'!A1", '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1'])(
  'the text %j is no formula',
  (text) => {
    expect(csvCell(text).replace(/^"/, '').startsWith("'")).toBe(true);
  },
);

test('numbers, nothing and plain text stay as they are; quotes, commas and lines are quoted', () => {
  expect(csvLine([1.5, null, true, 'plain', 'a,b', 'say "hi"', 'two\nlines', 'a=1'])).toBe(
    '1.5,,true,plain,"a,b","say ""hi""","two\nlines",a=1\r\n',
  );
});

/** A reader of RFC 4180. */
function parse(csv: string): string[][] {
  const rows: string[][] = [];
  const pattern = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/gsy;
  let row: string[] = [];
  for (let match = pattern.exec(csv); match; match = pattern.exec(csv)) {
    const [, cell = '', end] = match;
    row.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === '\r\n') rows.push(row.splice(0));
  }
  return rows;
}

test('whatever the texts are, a reader finds the same cells, but for the apostrophe', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', '=', '-', '\t', '\u{1F600}', ' ', "'") });
  fc.assert(
    fc.property(fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { maxLength: 5 }), (rows) => {
      const read = parse(rows.map(csvLine).join(''));
      expect(read).toHaveLength(rows.length);
      read.forEach((cells, at) => {
        const sent = rows[at] ?? [];
        expect(cells).toHaveLength(sent.length);
        cells.forEach((cell, place) => expect([sent[place], `'${sent[place]}`]).toContain(cell));
        for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
      });
    }),
  );
});
