/**
 * The sources of the SDK, loaded anew again and again. Jest's own registry compiles every module again each time; here each is
 * compiled once, and what runs again is only its code.
 */
import { transformSync } from 'esbuild';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

type Exports = Record<string, unknown>;
type Code = (module: { exports: Exports }, exports: Exports, require: (name: string) => unknown) => void;

export const SOURCE = join(__dirname, '..', 'src');
const compiled = new Map<string, Code>();
const requirePackage = createRequire(join(SOURCE, 'index.ts'));

function compile(name: string): Code {
  const file = join(SOURCE, `${name}.ts`);
  const { code } = transformSync(readFileSync(file, 'utf8'), { loader: 'ts', format: 'cjs', target: 'es2022' });
  // In the realm of the test, whose globals the sources share with it; `vm` would compile them for the one outside.
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- our own sources
  return new Function('module', 'exports', 'require', `${code}\n//# sourceURL=${file}`) as Code;
}

/**
 * Loads modules that share nothing with those of another call.
 * @param change what other modules get of a module, by its name below `src` without the ending; default: all as it is.
 * @returns gives a module, as `record/callRecorder`.
 */
export function loadAnew(change: (name: string, actual: Exports) => Exports = (_, actual) => actual) {
  const modules = new Map<string, { exports: Exports }>();
  const load = (name: string): Exports => {
    const known = modules.get(name);
    if (known) return known.exports;
    const module = { exports: {} as Exports };
    modules.set(name, module);
    let code = compiled.get(name);
    if (!code) compiled.set(name, (code = compile(name)));
    code(module, module.exports, (wanted) =>
      wanted.startsWith('.')
        ? load(relative(SOURCE, join(SOURCE, dirname(name), wanted)).replace(/\.js$/, ''))
        : requirePackage(wanted),
    );
    module.exports = change(name, module.exports);
    return module.exports;
  };
  return load;
}
