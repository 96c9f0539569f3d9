/** Rollups are read only after they were brought up to date. */
import fs from 'node:fs';
import path from 'node:path';

const files = fs
  .readdirSync('server', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('migrations'))
  .map((file) => ({ folder: path.dirname(file), text: fs.readFileSync(path.join('server', file), 'utf8') }));

test('whoever reads rollups brings them up to date before', () => {
  const readers = files.filter(({ text }) => /(FROM|JOIN) request_(hours|days|totals|values|user_days)\b/.test(text));
  const isCurrent = new Set(
    files.filter(({ text }) => /await .*requireCurrentRollups\(/.test(text)).map(({ folder }) => folder),
  );
  const folders = new Set(readers.map(({ folder }) => folder));
  expect(folders.size).toBeGreaterThan(4);
  expect([...folders].filter((folder) => !isCurrent.has(folder)).toSorted()).toEqual([
    'rollups', // It makes them.
    'walk', // It looks at what is not counted itself.
  ]);
});
