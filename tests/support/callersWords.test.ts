/**
 * A word of a caller is never the key of an object literal: every object has a `constructor` and a `__proto__`, which no
 * table of ours means. Tables that are asked for any word are Maps, and what is built up by such words is written with
 * `setOwnMember` or `Object.fromEntries`. Tables whose keys are a union of literals are checked by the compiler.
 */
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
/** What runs where a caller's words arrive: neither tests nor what only tests and the demo need. */
const LEFT_OUT = /\.test\.tsx?$|\.e2e\.ts$|\/e2e\/|^(tests|demo)\//;

/** Why these are right. */
const ALLOWED = new Map([
  ['client/app/theme.ts: CONTROL_HEIGHTS[size ?? usual]', 'a size of ours'],
  ['server/http/listen.ts: ADDRESSES[host]', 'the host is the operator’s'],
  ["server/http/listen.ts: CLIENT_ERRORS[error.code ?? '']", 'a code of Node’s'],
  ['server/ingest/parseFields.ts: values[name]', 'only names of the schema get there'],
  ['server/otlp/families/fields.ts: kept[name]', 'names of fields, which are ours'],
]);

/** The places in a file where an object is asked by a name that is no literal. */
function findLookUps(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/g, '');
  const found: string[] = [];
  // An object that may have any key, by its type, and an object that is empty to begin with.
  const declared = /\b(?:const|let) (\w+)\s*:\s*([^=;]*?)=\s*(\{\}?)/g;
  for (const [, name = '', type = '', opened] of code.matchAll(declared)) {
    const hasAnyKey = /Record<string,|\[\w+: string\]/.test(type);
    if (!hasAnyKey && opened !== '{}') continue;
    const index = new RegExp(String.raw`(?<![.\w])${name}\[(?!['"\d])[^\]]*\]`, 'g');
    found.push(...[...code.matchAll(index)].map(([expression]) => expression));
  }
  // A cast to a key is how the compiler is talked out of its question, and `in` asks the prototype too.
  found.push(...[...code.matchAll(/\[[^[\]]* as keyof [^\]]*\]/g)].map(([expression]) => expression));
  found.push(
    ...[...code.matchAll(/(?<!const |let |'|"|`|\w )\b[a-z]\w* in [a-z]\w*\b(?=\s*(?:[)&|?;]))/g)].map(
      ([expression]) => expression,
    ),
  );
  return found;
}

function productFiles(): { name: string; text: string }[] {
  return ['client', 'server', 'shared'].flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => path.posix.join(folder, file.split(path.sep).join('/')))
      .filter((name) => /\.tsx?$/.test(name) && !LEFT_OUT.test(name))
      .map((name) => ({ name, text: fs.readFileSync(path.join(ROOT, name), 'utf8') })),
  );
}

test.each([
  ['const ROLES: Record<string, Icon> = { user: 1 };\nROLES[role]', 'ROLES[role]'],
  [
    'const HUES: Readonly<Record<string, number>> = {\n a: 1 };\nreturn HUES[provider.toLowerCase()];',
    'HUES[provider.toLowerCase()]',
  ],
  ['const T: { readonly [name: string]: string } = { a: "b" }; T[word]', 'T[word]'],
  ['const parsed: SearchParams = {};\nparsed[name] = value;', 'parsed[name]'],
  ['const x = TABLE[word as keyof typeof TABLE];', '[word as keyof typeof TABLE]'],
  ['if (word in table) return 1;', 'word in table'],
])('%j is found', (code, expression) => {
  expect(findLookUps(code)).toEqual([expression]);
});

test.each([
  'const STATUS: Record<RequestStatus, Look> = { error: 1 }; STATUS[status]',
  "const T: Record<string, string> = { a: 'b' }; T['a']; Object.entries(T)",
  'const M: ReadonlyMap<string, string> = new Map(); M.get(word)',
  "for (const name in table) if ('content' in response) {}",
  '/** one in two; */ // word in table)',
])('%j is not', (code) => {
  expect(findLookUps(code)).toEqual([]);
});

test('no object literal is asked by a word of a caller', () => {
  const files = productFiles();
  expect(files.length).toBeGreaterThan(150);
  const found = files.flatMap(({ name, text }) => findLookUps(text).map((expression) => `${name}: ${expression}`));
  expect([...new Set(found)].filter((place) => !ALLOWED.has(place))).toEqual([]);
});
