/** Words of the same meaning that the server and both SDKs each have in a list, since no package can import from another. */
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

/** The words between quotation marks that a list of a source file holds. */
function wordsOf(file: string, list: RegExp): string[] {
  const [, literals = ''] = list.exec(fs.readFileSync(path.join(ROOT, file), 'utf8')) ?? [];
  return [...literals.matchAll(/(["'])([a-z_ ]+)\1/g)]
    .flatMap(([, , words = '']) => words.trim().split(' '))
    .toSorted();
}

const SERVER = wordsOf('shared/conversation/finishReason.ts', /EARLY_STOPS = new Set\(([^]*?)\)\.split/);

test.each([
  ['TypeScript', 'sdk/typescript/src/providers/openai/finishReason.ts', /EARLY_STOPS = new Set\(([^]*?)\)\.split/],
  ['Python', 'sdk/python/src/promptlab/record/output.py', /_EARLY_STOPS = frozenset\(\(([^]*?)\)\)/],
])('the words for an early stop that the SDK for %s knows are those of the server', (_, file, list) => {
  expect(SERVER.length).toBeGreaterThan(30);
  expect(wordsOf(file, list)).toEqual(SERVER);
});
