import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderWire } from '../generateWire';
import { PromptLab } from '../src/index';
import { SDK_NAME, SDK_VERSION } from '../src/version';

const read = (path: string) => readFileSync(join(__dirname, '..', path), 'utf8');

test('wire.ts is what the shared contract says: run `npx tsx sdk/generateWire.ts`', () => {
  expect(read('src/wire.ts')).toBe(renderWire());
});

test('the version in a record is that of the package', () => {
  const { name, version } = JSON.parse(read('package.json')) as { name: string; version: string };
  expect([SDK_NAME, SDK_VERSION]).toEqual([name, version]);
});

test('the README names every option, and its snippet for tests works', async () => {
  const names = [...read('src/options.ts').matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name as string);
  expect(names.length).toBeGreaterThan(20);
  const table = read('README.md');
  for (const name of names) expect(table).toContain(`\`${name}`);
  const sent: { name?: string }[] = [];
  const fetch = async (_: unknown, { body }: { body: Uint8Array }) => {
    const { logs } = JSON.parse(new TextDecoder().decode(body)) as { logs: { id: string }[] };
    sent.push(...(logs as object[]));
    return Response.json({ results: logs.map(({ id }, index) => ({ index, id, status: 'created' })) });
  };
  const lab = new PromptLab({ apiKey: 'test', request: { fetch: fetch as never, gzipAboveBytes: Infinity } });
  lab.api.logRequest({ model: 'm', provider: 'p', messages: [], name: 'seen' });
  expect(await lab.shutdown()).toEqual({ ok: true, dropped: 0 });
  expect(sent).toMatchObject([{ name: 'seen' }]);
});
