/** The documents are true to the tree: links lead somewhere, and files and functions that they name exist. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { endpoints } from '#shared/endpoints';

const ROOT = path.resolve(import.meta.dirname, '..');
/** Of the repository; what is ignored or not committed yet is not part of it. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((name) => name !== '' && fs.existsSync(path.join(ROOT, name)));
const read = (name: string) => fs.readFileSync(path.join(ROOT, name), 'utf8');
const documents = files.filter((name) => /^(README|CONTRIBUTING|docs\/.*)\.md$/.test(name));

/** As GitHub makes it from a heading. */
function toAnchor(heading: string): string {
  const kept = heading.toLowerCase().replace(/[^\p{L}\p{N}\- ]/gu, '');
  return kept.replaceAll(' ', '-');
}

test('there are documents, so that the tests below can fail', () => {
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'docs/architecture.md', 'docs/api.md', 'docs/glossary.md']),
  );
});

test.each(documents)('%s: every link leads to a file, and to a heading of it', (name) => {
  const broken = [...read(name).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const found = file === '' ? name : path.posix.join(path.posix.dirname(name), file);
      if (!fs.existsSync(path.join(ROOT, found))) return true;
      const headings =
        anchor === undefined ? [] : [...read(found).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text);
      return anchor !== undefined && !headings.map(toAnchor).includes(anchor);
    });
  expect(broken).toEqual([]);
});

test('README.md has each endpoint in its table, and no other', () => {
  const rows = read('README.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) =>
    [...row.matchAll(/`((?:GET|POST|PUT|DELETE) [^`?]+)/g)].map(([, call = '']) => call),
  );
  const calls = Object.values(endpoints).map(({ method, path: place }) => {
    return `${method.toUpperCase()} ${place.replaceAll(/:(\w+)/g, '{$1}')}`;
  });
  // The addresses that SDKs of others make of one base are told together.
  const own = calls.filter((call) => !/ \/api\/(?:public\/)?otel\//.test(call));
  expect([...new Set(named)].toSorted()).toEqual([...new Set(own)].toSorted());
});

describe('docs/architecture.md', () => {
  const text = read('docs/architecture.md');
  /** Paths are named from the root, or from `server/`. */
  const find = (named: string) =>
    [named, `server/${named}`].find((candidate) => fs.existsSync(path.join(ROOT, candidate)));
  const isFile = (quoted: string) => /\.(ts|tsx|md)$/.test(quoted);
  const isPath = (quoted: string) => /^[\w./]+(\.(ts|tsx|md)|\/)$/.test(quoted) && quoted.includes('/');

  test('names only files and folders that exist', () => {
    const named = [...text.matchAll(/`([^`]+)`/g)].map(([, quoted = '']) => quoted).filter(isPath);
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((quoted) => find(quoted) === undefined)).toEqual([]);
  });

  test('names only functions that are in the files beside them', () => {
    const steps = text.slice(text.indexOf('## 3. The write path'), text.indexOf('## 5. '));
    const rows = steps.split('\n').filter((line) => line.startsWith('| ') && /\.tsx?`/.test(line));
    expect(rows.length).toBeGreaterThan(20);
    const wrong = rows.flatMap((row) => {
      const quoted = [...row.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
      const sources = quoted.flatMap((word) => find(word) ?? []).filter((file) => /\.tsx?$/.test(file));
      const code = sources.map(read).join('\n');
      const functions = quoted.filter((word) => /^[A-Za-z]+(\.[a-z][A-Za-z]+)?$/.test(word) && !isFile(word));
      return functions.filter((name) => !name.split('.').every((part) => code.includes(part)));
    });
    expect(wrong).toEqual([]);
  });
});

test('no file cites a document that is not in the repository', () => {
  const outside = /\b(DESIGN|ARCHITECTURE|STYLE|API)\.md\b|\breference\/[\w-]+\.md\b/;
  const citing = files
    .filter((name) => /\.(ts|tsx|mjs|md|json|yml)$/.test(name) && !name.startsWith('sdk/'))
    .filter((name) => name !== 'tests/docs.test.ts' && outside.test(read(name)));
  expect(citing).toEqual([]);
});

test('each decision is in their list, and each number that the code cites is a decision', () => {
  const pages = files.filter((name) => /^docs\/decisions\/\d{3}-/.test(name)).map((name) => path.posix.basename(name));
  const list = read('docs/decisions/README.md');
  expect(pages.filter((page) => !list.includes(`(${page})`))).toEqual([]);
  const numbers = new Set(pages.map((page) => page.slice(0, 3)));
  const cited = files
    .filter((name) => /\.(ts|tsx|mjs)$/.test(name))
    .flatMap((name) => [...read(name).matchAll(/docs\/decisions\/(\d{3})/g)].map(([, number = '']) => number));
  expect(cited.filter((number) => !numbers.has(number))).toEqual([]);
});
