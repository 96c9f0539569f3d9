/** The options that docs/sdk-python.md names are those that the SDK reads, with their defaults. */
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '..');
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');

test('docs/sdk-python.md names every option, with its default', () => {
  const source = read('sdk/python/src/promptlab/_options.py');
  const table = read('docs/sdk-python.md').split('\n## Options\n')[1]?.split('\n## ')[0] ?? '';
  const documented = new Map([...table.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name, value]) => [name, value]));
  const declared = new Map<string, string>();
  for (const [, name = '', value = ''] of source.matchAll(/^ {4}"(\w+)": \(([\d._]+),/gm))
    declared.set(name, `\`${value}\``);
  for (const [, name = '', value = ''] of source.matchAll(/^ {4}"(\w+)": (True|False),/gm))
    declared.set(name, `\`${value}\``);
  expect(declared.size).toBeGreaterThan(15);
  for (const [name, value] of declared) expect([name, documented.get(name)]).toEqual([name, value]);
  const [, names = ''] = /OPTION_NAMES = frozenset\(\s*\(([^)]*)\)/.exec(source) ?? [];
  const others = [...names.matchAll(/"(\w+)"/g)].map(([, name]) => name);
  const all = [...declared.keys(), ...others, 'environment', 'release', 'provider', 'mask', 'on_error', 'transport'];
  expect(new Set(documented.keys())).toEqual(new Set(all));
});
