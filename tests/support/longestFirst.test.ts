import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

test('each file that is started before all others is there', () => {
  const source = fs.readFileSync(path.join(__dirname, 'longestFirst.mjs'), 'utf8');
  const files = [...source.matchAll(/'([\w/.]+\.test\.ts)'/g)].map(([, file = '']) => file);
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => !fs.existsSync(path.join(ROOT, file)))).toEqual([]);
});
