/**
 * The styles of Mantine, of those components alone that are used: each travels with the chunk that its component is in. All
 * are in a cascade layer, so that our own rules win wherever they stand. The development server, which does not bundle
 * Mantine, takes the whole file.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

const PAGE_STYLES = 'virtual:mantine-styles.js';
/** What every component stands on. */
const BASE = ['baseline', 'default-css-variables', 'global'].map((name) => `@mantine/core/styles/${name}.layer.css`);
/** The names of classes of one component, or of what components share; its rules have a file of the same name. */
const CLASS_NAMES = /\/@mantine\/core\/esm\/.*\/(\w+)\.module\.mjs$/;

export function mantineStyles(): Plugin {
  let isBuild = true;
  return {
    name: 'mantine-styles',
    configResolved(config) {
      isBuild = config.command === 'build';
    },
    resolveId: (id) => (id === PAGE_STYLES ? `\0${PAGE_STYLES}` : null),
    load(id) {
      if (id !== `\0${PAGE_STYLES}`) return null;
      const files = isBuild ? BASE : ['@mantine/core/styles.layer.css'];
      return {
        code: files.map((file) => `import '${file}';`).join('\n'),
        moduleSideEffects: true,
      };
    },
    transform(code, id) {
      const name = isBuild ? CLASS_NAMES.exec(id)?.[1] : undefined;
      if (name === undefined) return null;
      const file = path.join(id.slice(0, id.indexOf('/esm/')), 'styles', `${name}.layer.css`);
      if (!fs.existsSync(file)) throw new Error(`Mantine has no ${file}: its packages are arranged in another way.`);
      return { code: `import ${JSON.stringify(file)};\n${code}`, map: null };
    },
  };
}
