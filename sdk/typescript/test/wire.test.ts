import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderWire } from '../generateWire';
import { PromptLab } from '../src/index';
import { resolveOptions } from '../src/client/options';
import { chatAnswer, type Loose } from './fakeOpenAI';
import { HELLO } from './harness';
import { V6 } from './majors';
import { SDK_NAME, SDK_VERSION } from '../src/version';

const read = (path: string) => readFileSync(join(__dirname, '..', path), 'utf8');

test('wire.ts is what the shared contract says: run `npx tsx sdk/typescript/generateWire.ts`', () => {
  expect(read('src/wire.ts')).toBe(renderWire());
});

test('the version in a record is that of the package', () => {
  const { name, version } = JSON.parse(read('../package.json')) as { name: string; version: string };
  expect([SDK_NAME, SDK_VERSION]).toEqual([name, version]);
});

/** `name` or `group.name`, and what `@default` says of it. */
function declaredOptions(): Map<string, string> {
  const source = read('src/client/options.ts');
  const body = source.slice(
    source.indexOf('export interface PromptLabOptions'),
    source.indexOf('export type MaskResult'),
  );
  const found = new Map<string, string>();
  let group = '';
  for (const [, comment = '', indent = '', name = '', rest = ''] of body.matchAll(
    /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)?\n( {2}| {8})(\w+)\?:(.*)/g,
  )) {
    if (indent.length === 2) group = rest.trim() === '' ? `${name}.` : '';
    const [, value] = /@default ([^*]*?)\s*(?:\*|$)/.exec(comment) ?? [];
    if (indent.length === 8 || group === '') found.set(indent.length === 8 ? group + name : name, value ?? '');
  }
  return found;
}

/** The rows of the table; one row may name several options, with as many defaults. */
function documentedOptions(): Map<string, string> {
  const table = read('../../docs/sdk.md').split('\n## Options\n')[1]?.split('\n## ')[0] as string;
  const found = new Map<string, string>();
  for (const line of table.split('\n').filter((row) => row.startsWith('| `'))) {
    const [, names = '', defaults = ''] = line.split(/(?<!\\)\|/);
    const values = defaults.split(/, (?=`)/);
    const each = names.split(',');
    for (const [index, name] of each.entries())
      found.set(name.trim().replaceAll('`', ''), (each.length === 1 ? defaults : (values[index] ?? '')).trim());
  }
  return found;
}

test('docs/sdk.md names every option, nested ones too, with its default', () => {
  const declared = declaredOptions();
  const documented = documentedOptions();
  expect(declared.size).toBeGreaterThan(30);
  expect([...documented.keys()].sort()).toEqual([...declared.keys()].sort());
  const plain = (text: string) => text.replaceAll('`', '').split(';')[0]?.trim();
  const differing = [...declared].filter(([name, value]) => plain(value) !== plain(documented.get(name) ?? ''));
  expect(differing.map(([name, value]) => [name, value, documented.get(name)])).toEqual([]);
});

test('the defaults that the comments state are those that are used', () => {
  const settings = resolveOptions({ apiKey: 'k', baseUrl: 'https://lab.example' }, () => {}) as unknown as {
    [key: string]: Loose;
  };
  const numbers = [...declaredOptions()].flatMap(([name, value]) =>
    /^`?([\d_]+|true|false)/.test(value) ? [name] : [],
  );
  expect(numbers.length).toBeGreaterThan(15);
  for (const name of numbers) {
    const stated = /^`?([\d_]+|true|false)/.exec(declaredOptions().get(name) as string)?.[1]?.replaceAll('_', '');
    const [group, inner] = name.split('.') as [string, string | undefined];
    expect([name, String(inner ? settings[group][inner] : settings[group])]).toEqual([name, stated]);
  }
});

/** The code itself is run, so that it cannot differ from what is tested. */
test('the snippet of docs/sdk.md for tests works, for logs and for steps', async () => {
  const [, snippet = ''] =
    /## Testing code that uses it[\s\S]*?```ts\n([\s\S]*?)```/.exec(read('../../docs/sdk.md')) ?? [];
  const openai = new V6.openai.OpenAI({
    apiKey: 'k',
    fetch: async () => Response.json(chatAnswer(), { headers: { 'x-request-id': 'r' } }),
  });
  const [code, checks] = snippet.split('// your code runs\n') as [string, string];
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<Loose>;
  const run = new AsyncFunction(
    'PromptLab',
    'openai',
    'yourCode',
    `${code}\nawait yourCode(lab);\n${checks}\nreturn { sent, lab };`,
  );
  const { sent, lab } = await run(PromptLab, openai, (one: PromptLab) =>
    one.trace('a step', () => openai.chat.completions.create(HELLO)),
  );
  expect(sent).toHaveLength(2);
  expect(sent).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'a step' }),
      expect.objectContaining({ model: HELLO.model }),
    ]),
  );
  expect(await lab.shutdown()).toEqual({ ok: true, dropped: 0 });
});
