/** The Python SDK as a package: its generated types, its version, its wheel, and the name that no document may give it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { renderPythonWire } from '../sdk/python/generateWire.ts';

const ROOT = path.resolve(__dirname, '..');
const SOURCES = path.join(ROOT, 'sdk', 'python', 'src');
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');
const version = (JSON.parse(read('sdk/package.json')) as { version: string }).version;

test('_wire.py is what the shared contract says: run `npx tsx sdk/python/generateWire.ts`', () => {
  expect(read('sdk/python/src/promptlab/_wire.py')).toBe(renderPythonWire());
});

test('both SDKs have one version', () => {
  expect(read('sdk/python/src/promptlab/_version.py')).toContain(`\nVERSION = "${version}"\n`);
});

test('two builds of the wheel are the same bytes, and its record of them is right', () => {
  const file = path.join(ROOT, 'dist', 'sdk', `promptlab_sdk-${version}-py3-none-any.whl`);
  const build = () => {
    execFileSync(process.execPath, [path.join(ROOT, 'scripts', 'packWheel.mjs')]);
    return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  };
  const first = build();
  expect(build()).toBe(first);
  expect(fs.readFileSync(path.join(ROOT, 'dist', 'sdk', 'index.html'), 'utf8')).toContain(`whl#sha256=${first}"`);
});

test('no document says `pip install promptlab` without an address or a path: that name is another project on the index', () => {
  const files = execFileSync('git', ['ls-files', '*.md', '*.ts', '*.tsx', '*.py', '*.toml', '*.mjs'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).split('\n');
  const bare = /(?:pip3? install|uv (?:pip install|add))(?: -\S+)* ["']?promptlab(?![-_\w/.])/;
  const found = files
    .filter((file) => file !== '' && !file.endsWith('pythonPackage.test.ts') && fs.existsSync(path.join(ROOT, file)))
    .flatMap((file) =>
      read(file)
        .split('\n')
        .filter((line) => bare.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    )
    // A sentence that says so may name it.
    .filter((line) => !/never|not|another/i.test(line));
  expect(found).toEqual([]);
});

test('every module is part of the package', () => {
  expect(fs.existsSync(path.join(SOURCES, 'promptlab', 'py.typed'))).toBe(true);
});
