import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderWire } from '../generateWire';
import { SDK_NAME, SDK_VERSION } from '../src/version';

const read = (path: string) => readFileSync(join(__dirname, '..', path), 'utf8');

test('wire.ts is what the shared contract says: run `npx tsx sdk/generateWire.ts`', () => {
  expect(read('src/wire.ts')).toBe(renderWire());
});

test('the version in a record is that of the package', () => {
  const { name, version } = JSON.parse(read('package.json')) as { name: string; version: string };
  expect([SDK_NAME, SDK_VERSION]).toEqual([name, version]);
});
