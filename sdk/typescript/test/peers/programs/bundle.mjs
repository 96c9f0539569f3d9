/** Bundles a program that imports the SDK. Prints the warnings of webpack for three targets, and of esbuild for three platforms. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import webpack from 'webpack';

const folder = mkdtempSync(join(tmpdir(), 'promptlab-bundle-'));
const entry = join(folder, 'entry.mjs');
const promptlab = process.env.PROMPTLAB_BUILD.replace('cjs/index.cjs', 'esm/index.js');
writeFileSync(entry, `import { track, trace } from 'promptlab'; console.log(typeof track, typeof trace);`);
const warnings = {};
for (const target of ['web', 'webworker', 'node']) {
  const compiler = webpack({
    mode: 'production',
    target,
    entry,
    output: { path: join(folder, target) },
    resolve: { alias: { promptlab } },
  });
  const stats = await new Promise((resolve, reject) =>
    compiler.run((error, result) => (error ? reject(error) : resolve(result))),
  );
  const { errors, warnings: said } = stats.toJson({ all: false, errors: true, warnings: true });
  warnings[`webpack ${target}`] = [...errors, ...said].map(({ message }) => message);
  await new Promise((resolve) => compiler.close(resolve));
}
for (const platform of ['browser', 'node', 'neutral']) {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform,
    format: 'esm',
    alias: { promptlab },
    logLevel: 'silent',
  });
  warnings[`esbuild ${platform}`] = [...result.errors, ...result.warnings].map(({ text }) => text);
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(warnings)}\n`);
