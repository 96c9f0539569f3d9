// Builds dist/ (or the folder named by the first argument): ESM and declarations by tsc, CJS by esbuild, and then loads both, as a user's program would.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const dist = resolve(process.argv[2] ?? join(here, 'dist'));
const source = (...parts) => join(here, ...parts);
const out = (...parts) => join(dist, ...parts);

rmSync(dist, { recursive: true, force: true });

const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
execFileSync(
  process.execPath,
  [tsc, '-p', source('tsconfig.json'), '--noEmit', 'false', '--emitDeclarationOnly', '--outDir', out('esm')],
  {
    stdio: 'inherit',
  },
);

const options = {
  entryPoints: [source('src/index.ts')],
  bundle: true,
  platform: 'neutral',
  target: 'es2022',
  sourcemap: false,
  legalComments: 'none',
};
await build({ ...options, format: 'esm', outfile: out('esm', 'index.js') });
// `import()` of a Node module stays an import in CJS: Node 18 has no other way to it from both kinds.
await build({
  ...options,
  format: 'cjs',
  outfile: out('cjs', 'index.cjs'),
  supported: { 'dynamic-import': true },
});

// The same declarations for `require`: only the file names differ.
cpSync(out('esm'), out('cjs'), { recursive: true, filter: (from) => !from.endsWith('.js') });
for (const file of readdirSync(out('cjs'), { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.d.ts')) continue;
  const path = out('cjs', file);
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/(from|import\()\s*'(\.[^']*)\.js'/g, "$1 '$2.cjs'"));
  renameSync(path, path.replace(/\.d\.ts$/, '.d.cts'));
}

const NAMES = ['PromptLab', 'PromptLabError', 'flush', 'getRequestUrl', 'shutdown', 'stats', 'track'];
const esm = await import(pathToFileURL(out('esm', 'index.js')).href);
const cjs = require(out('cjs', 'index.cjs'));
for (const name of NAMES) {
  if (typeof esm[name] !== 'function' || typeof cjs[name] !== 'function')
    throw new Error(`The build has no "${name}".`);
}
