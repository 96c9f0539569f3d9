// Builds dist/ (or the folder named by the first argument) and loads it as a user's program would.
// One implementation, in CommonJS, and an ES module that names its exports: a program that uses both has one of us.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
joinDeclarations(out('cjs'));

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
    if (!isComment && !/^\s*\/\/ /.test(line)) kept.push([toTabs(withoutNoise(line)), mappings[index] ?? []]);
    else if (line.includes('*/')) isComment = false;
  }
  return { text: kept.map(([line]) => line).join('\n'), mappings: kept.map(([, mapping]) => mapping) };
}

/** Marks for minifiers, and how esbuild writes `undefined`. */
function withoutNoise(line) {
  return line.replaceAll('/* @__PURE__ */ ', '').replace('return void 0;', 'return;');
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

/**
 * Joins the declarations that index.d.ts leads to in one file, `index.d.cts`, which exports what index.d.ts does. A package of a
 * file for each module would be larger by what the archive says of each file, and by their imports of each other.
 */
function joinDeclarations(folder) {
  const files = ['index.d.ts'];
  const parts = [];
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, path] of text.matchAll(/ from '(\.[^']+)\.js'/g)) {
      const target = join(dirname(file), `${path}.d.ts`);
      if (!files.includes(target)) files.push(target);
    }
    parts.push(file === 'index.d.ts' ? text.replaceAll(/ from '[^']+'/g, '') : withoutImports(text));
  }
  const joined = parts.join('').replaceAll(/^(?: {4})+/gm, (indent) => '\t'.repeat(indent.length / 4));
  const declared = joined.matchAll(/^(?:declare )?(?:class|const|function|interface|type) (\w+)/gm);
  const names = Array.from(declared, ([, name]) => name);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice) throw new Error(`Two modules declare ${twice}; in the package they are one file.`);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() || entry.name.endsWith('.d.ts')) rmSync(join(folder, entry.name), { recursive: true });
  }
  writeFileSync(join(folder, 'index.d.cts'), joined);
}

/** What a module declares, exported by index.d.ts alone. */
function withoutImports(text) {
  return (
    text
      // What a file is about is for those who write it.
      .replace(/^\/\*\* [^\n]* \*\/\n(?=import )/, '')
      .replaceAll(/^import [^;]* from '\.[^']+';\n/gm, '')
      .replaceAll(/^export \{\};\n/gm, '')
      .replaceAll(/^export /gm, '')
  );
}
