/**
 * Each icon as a module of its own. The package is one file with all of them, which would put every icon of every page into
 * the chunk that is loaded first. For the build alone.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'vite';

const PACKAGE = '@radix-ui/react-icons';
const MODULE = 'virtual:icon/';
const IMPORT = /^import \{([^}]*)\} from '@radix-ui\/react-icons';$/gm;

export function iconModules(): Plugin {
  let parts: { shared: string; icons: ReadonlyMap<string, string> } | undefined;
  return {
    name: 'icon-modules',
    apply: 'build',
    enforce: 'pre',
    resolveId: (id) => (id.startsWith(MODULE) ? `\0${id}.js` : null),
    load(id) {
      if (!id.startsWith(`\0${MODULE}`)) return null;
      parts ??= readIcons();
      const name = id.slice(MODULE.length + 1, -'.js'.length);
      if (name === 'shared') return { code: parts.shared, moduleSideEffects: false };
      const code = parts.icons.get(name);
      if (code === undefined) throw new Error(`${PACKAGE} has no ${name}, or is written in another way.`);
      const imports = `import { createElement, forwardRef } from 'react';\nimport { ${REST} } from '${MODULE}shared';\n`;
      return { code: `${imports}${code}\nexport { ${name} };`, moduleSideEffects: false };
    },
    transform(code, id) {
      if (!/\/client\/.*\.tsx?$/.test(id) || !code.includes(PACKAGE)) return null;
      return { code: code.replace(IMPORT, (_, names: string) => importEach(names)), map: null };
    },
  };
}

/** The one function that all icons share. */
const REST = '_objectWithoutPropertiesLoose';

/** On one line, so that what follows keeps its place. */
function importEach(names: string): string {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => `import { ${name} } from '${MODULE}${name}';`)
    .join(' ');
}

function readIcons(): { shared: string; icons: ReadonlyMap<string, string> } {
  const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
  const text = fs.readFileSync(path.join(path.dirname(manifest), 'dist', 'react-icons.esm.js'), 'utf8');
  const shared = text.slice(text.indexOf(`function ${REST}`), text.indexOf('var _excluded'));
  const icons = [...text.matchAll(/^var _excluded\S* = \["color"\];\nvar (\w+) = [\s\S]*?\n\}\);$/gm)].map(
    ([code, name = '']) => [name, code] as const,
  );
  return { shared: `${shared}\nexport { ${REST} };`, icons: new Map(icons) };
}
