// Builds dist/ (or the folder named by the first argument) and loads it as a user's program would.
// One implementation, in CommonJS, and an ES module that names its exports: a program that uses both has one of us.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const dist = resolve(process.argv[2] ?? join(here, '..', 'dist'));
const source = (...parts) => join(here, ...parts);
const out = (...parts) => join(dist, ...parts);

rmSync(dist, { recursive: true, force: true });

const { outputFiles } = await build({
  entryPoints: [source('src/index.ts')],
  write: false,
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  // Readable on purpose: a stack trace names our functions, and its lines lead to the sources.
  sourcemap: 'external',
  sourcesContent: false,
  outdir: out('cjs'),
  legalComments: 'none',
  charset: 'utf8',
});
mkdirSync(out('cjs'), { recursive: true });
const [map, code] = ['.map', '.js'].map((end) => outputFiles.find(({ path }) => path.endsWith(end)).text);
const { text, mappings } = withoutComments(code, decode(JSON.parse(map).mappings));
writeFileSync(out('cjs', 'index.cjs'), `"use strict";\n${toCommonJs(text)}//# sourceMappingURL=index.cjs.map\n`);
writeFileSync(out('cjs', 'index.cjs.map'), toLineMap(JSON.parse(map).sources, [[], ...mappings]));

const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const flags = ['--stripInternal', '--noEmit', 'false', '--emitDeclarationOnly', '--outDir', out('cjs')];
execFileSync(process.execPath, [tsc, '-p', source('tsconfig.json'), ...flags], { stdio: 'inherit' });
keepPublicDeclarations(out('cjs'));

const names = Object.keys(require(out('cjs', 'index.cjs')));
mkdirSync(out('esm'));
writeFileSync(
  out('esm', 'index.js'),
  `import cjs from '../cjs/index.cjs';\nexport const { ${names.join(', ')} } = cjs;\n`,
);
writeFileSync(out('esm', 'index.d.ts'), `export * from '../cjs/index.cjs';\n`);

const WANTED = 'PromptLab PromptLabError currentTrace flush getRequestUrl shutdown span stats trace track';
const esm = await import(pathToFileURL(out('esm', 'index.js')).href);
const found = Object.keys(esm).sort().join(' ');
if (found !== WANTED) throw new Error(`The build exports ${found}; wanted ${WANTED}.`);

/**
 * esbuild keeps the comments of some declarations and drops the others, and names each file, as the map does: all are in the sources.
 * Lines and mappings are kept together. Tabs: the package is counted in bytes.
 */
function withoutComments(code, mappings) {
  const kept = [];
  let isComment = false;
  for (const [index, line] of code.split('\n').entries()) {
    isComment ||= /^\s*\/\*\*/.test(line);
    if (!isComment && !/^\s*\/\/ /.test(line))
      kept.push([toTabs(line.replaceAll('/* @__PURE__ */ ', '')), mappings[index] ?? []]);
    else if (line.includes('*/')) isComment = false;
  }
  return { text: kept.map(([line]) => line).join('\n'), mappings: kept.map(([, mapping]) => mapping) };
}

function toTabs(line) {
  return line.replace(/^(?: {2})+/, (indent) => '\t'.repeat(indent.length / 2));
}

/** esbuild's own way to CommonJS adds getters and a mark of ES modules, which nobody needs and bundlers misread. */
function toCommonJs(text) {
  return text.replace(/export \{([^}]*)\};?\s*$/, (_, list) => {
    const members = list.split(',').map((item) => item.trim().split(' as ').toReversed().join(': '));
    return `module.exports = { ${members.join(', ')} };\n`;
  });
}

/** Of all that a map says only where each line comes from: the rest is most of its size. */
function toLineMap(sources, mappings) {
  return JSON.stringify({
    version: 3,
    file: 'index.cjs',
    sources: sources.map((path) => `../../typescript/${path.slice(path.indexOf('src/'))}`),
    names: [],
    mappings: encode(mappings.map(([first]) => (first ? [[0, first[1], first[2], 0]] : []))),
  });
}

/** Keeps the declarations that index.d.ts leads to, under the names that CommonJS wants. */
function keepPublicDeclarations(folder) {
  const kept = new Set();
  const queue = ['index.d.ts'];
  for (const file of queue) {
    if (kept.has(file)) continue;
    kept.add(file);
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, path] of text.matchAll(/from '(\.[^']+)\.js'/g)) queue.push(join(dirname(file), `${path}.d.ts`));
  }
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, file);
    if (!file.endsWith('.d.ts')) continue;
    if (!kept.has(file)) {
      rmSync(path);
      continue;
    }
    const text = readFileSync(path, 'utf8')
      // What a file is about is for those who write it.
      .replace(/^\/\*\* [^\n]* \*\/\n(?=import )/, '')
      .replaceAll(/from '(\.[^']+)\.js'/g, "from '$1.cjs'")
      .replaceAll(/^(?: {4})+/gm, (indent) => '\t'.repeat(indent.length / 4));
    writeFileSync(path, text);
    renameSync(path, path.replace(/\.d\.ts$/, '.d.cts'));
  }
  removeEmptyFolders(folder);
}

function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
