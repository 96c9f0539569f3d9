// Builds dist/ (or the folder named by the first argument) and loads it as a user's program would.
// One implementation, in CommonJS, and an ES module that names its exports: a program that uses both has one of us.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const dist = resolve(process.argv[2] ?? join(here, '..', 'dist'));
const source = (...parts) => join(here, ...parts);
const out = (...parts) => join(dist, ...parts);

/** The longest of the names that are said most often, and that nobody outside can see; a letter or two is all the package needs of them. */
const INTERNAL_NAMES = [
  'abandon',
  'addItem',
  'addMember',
  'addPiece',
  'announce',
  'beginCall',
  'copyWithout',
  'countDrop',
  'countUpTo',
  'cutUploads',
  'endStream',
  'errorClass',
  'fieldLength',
  'finishBackground',
  'finishReason',
  'giveUpAll',
  'giveUpBackground',
  'hadItsTime',
  'hasStream',
  'hidesUsage',
  'isAbandoned',
  'isAwaited',
  'isBackground',
  'isBodyTaken',
  'isComplete',
  'isEnabled',
  'isLogged',
  'isOtherThan',
  'isParsing',
  'isPressed',
  'isRetried',
  'isSettled',
  'isStream',
  'isTruncated',
  'isWaiting',
  'isWatched',
  'keepsTagsOnWire',
  'longestText',
  'losses',
  'markUsed',
  'maxText',
  'noteClient',
  'noteResponse',
  'observerOf',
  'onAbandoned',
  'onAnswer',
  'onDerived',
  'openTelemetryTraceId',
  'partAt',
  'pollObserver',
  'promptVariables',
  'providerHost',
  'providerRequestId',
  'rawUsage',
  'remember',
  'reportsStreamUsage',
  'responseContent',
  'responseModel',
  'retryAfterMs',
  'runAsStep',
  'sequence',
  'serviceTier',
  'shrinks',
  'sizeBytes',
  'startedAtMs',
  'startedMonotonicMs',
  'succeedRaw',
  'suspend',
  'takeCopy',
  'takeText',
  'textAt',
  'uploadsInFlight',
  'valuesLeft',
  'waitForCollection',
  'wireParams',
];

rmSync(dist, { recursive: true, force: true });

const { outputFiles } = await build({
  entryPoints: [source('src/index.ts')],
  write: false,
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  minify: true,
  mangleProps: new RegExp(`^(?:${INTERNAL_NAMES.join('|')})$`),
  legalComments: 'none',
  charset: 'utf8',
  // `import()` of a Node module stays an import: Node 18 has no other way to it.
  supported: { 'dynamic-import': true },
});
mkdirSync(out('cjs'), { recursive: true });
writeFileSync(out('cjs', 'index.cjs'), toCommonJs(outputFiles[0].text));

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

/** esbuild's own way to CommonJS adds getters and a mark of ES modules, which nobody needs and bundlers misread. */
function toCommonJs(text) {
  return `"use strict";${text.replace(/export\{([^}]*)\};?\s*$/, (_, list) => {
    const members = list.split(',').map((item) => item.split(' as ').toReversed().join(':'));
    return `module.exports={${members.join(',')}};\n`;
  })}`;
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
    const shown = INTERNAL_NAMES.find((name) => new RegExp(`\\b${name}\\b`).test(text));
    if (shown) throw new Error(`${shown} is a public name (${file}); it must keep its length.`);
    writeFileSync(path, text);
    renameSync(path, path.replace(/\.d\.ts$/, '.d.cts'));
  }
  for (const name of ['openai', 'delivery']) {
    const path = join(folder, name);
    if (existsSync(path) && readdirSync(path).length === 0) rmSync(path, { recursive: true });
  }
}
