/** The architecture of the SDK: one direction between folders, no import circle, types included, and no long file, tests and Python included. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const SDK = join(__dirname, '..', '..');
const SOURCE = join(__dirname, '..', 'src');

/** What each folder may import beside itself. `root`: the wire contract, the errors and the version, which import nothing. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  root: [],
  runtime: ['root'],
  record: ['root', 'runtime'],
  tracing: ['root', 'runtime', 'record'],
  providers: ['root', 'runtime', 'record', 'tracing'],
  delivery: ['root', 'runtime'],
  client: ['root', 'runtime', 'record', 'tracing', 'providers', 'delivery'],
  index: ['root', 'client', 'record', 'tracing', 'delivery'],
};

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

const imports = new Map(
  files.map((file) => {
    const text = readFileSync(join(SOURCE, file), 'utf8');
    // Every way in: values, types, exports from, and import() of a file.
    const found = [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)['"](\.[^'"]+)['"]/gm)];
    return [
      file,
      found.map(([, path]) => relative(SOURCE, join(SOURCE, dirname(file), path as string)).replace(/\.js$/, '.ts')),
    ];
  }),
);

function folderOf(file: string): string {
  if (file === 'index.ts') return 'index';
  return file.includes('/') ? (file.split('/')[0] as string) : 'root';
}

test('reads the imports of all files', () => {
  expect(files.length).toBeGreaterThan(60);
  expect([...imports.values()].flat().length).toBeGreaterThan(200);
  const unknown = [...imports].flatMap(([file, targets]) =>
    targets.filter((target) => !files.includes(target)).map((target) => `${file} imports ${target}`),
  );
  expect(unknown).toEqual([]);
});

test('folders import in one direction: runtime, record, tracing, providers, client; delivery knows the runtime only', () => {
  const wrong = [...imports].flatMap(([file, targets]) => {
    const folder = folderOf(file);
    const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
    return targets.filter((target) => !allowed.includes(folderOf(target))).map((target) => `${file} imports ${target}`);
  });
  expect(wrong).toEqual([]);
});

test('has no import circle, types included', () => {
  const circles: string[] = [];
  const finished = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (finished.has(file) || path.includes(file)) return;
    for (const target of imports.get(file) ?? []) walk(target, [...path, file]);
    finished.add(file);
  };
  for (const file of files) walk(file, []);
  expect(circles).toEqual([]);
});

test('takes no package at run time, and only types of openai', () => {
  const packages = files.flatMap((file) =>
    [...readFileSync(join(SOURCE, file), 'utf8').matchAll(/^(import|export)[^;]*?from '([^.'][^']*)'/gm)]
      .filter(([statement]) => !statement.startsWith('import type'))
      .map(([, , name]) => `${file} imports ${name}`),
  );
  expect(packages).toEqual([]);
});

test('holds no file beyond 400 lines: it has a second concept inside', () => {
  const all = readdirSync(SDK, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.([cm]?[jt]s|py)$/.test(file) && !/(^|[\\/])(node_modules|dist|\.[^\\/]+)[\\/]/.test(file),
  );
  expect(all.filter((file) => file.endsWith('.py')).length).toBeGreaterThan(40);
  expect(all.length).toBeGreaterThan(150);
  expect(all.filter((file) => readFileSync(join(SDK, file), 'utf8').split('\n').length > 401)).toEqual([]);
});
