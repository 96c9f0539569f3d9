/** A22: the types, compiled with tsc against the four majors, as a user's program would. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUILD } from './runScript';

const HERE = join(__dirname, 'types');
const TSC = require.resolve('typescript/package.json').replace('package.json', 'bin/tsc');
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    lib: ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    exactOptionalPropertyTypes: true,
  },
  include: ['*.ts'],
};

test.each(['v4', 'v5', 'v6', 'v7'])(
  'A22 extras are typed, overloads kept, typos rejected: openai %s',
  async (major) => {
    const folder = mkdtempSync(join(HERE, 'dist-'));
    try {
      const modules = join(folder, 'node_modules');
      mkdirSync(join(modules, 'promptlab'), { recursive: true });
      cpSync(BUILD, join(modules, 'promptlab', 'dist'), { recursive: true });
      cpSync(join(__dirname, '..', '..', 'package.json'), join(modules, 'promptlab', 'package.json'));
      symlinkSync(join(__dirname, 'majors', 'node_modules', `openai-${major}`), join(modules, 'openai'), 'dir');
      const since = { since5: major > 'v4', since6: major > 'v5' };
      const later = Object.entries(since).flatMap(([name, isThere]) => (isThere ? [name] : []));
      for (const name of ['good', 'bad', ...later]) {
        const text = readFileSync(join(HERE, `${name}.template.ts`), 'utf8')
          .replace("'OPENAI'", "'openai'")
          .replace("'PROMPTLAB'", "'promptlab'")
          .replaceAll('HELPERS', major === 'v4' ? 'beta.chat.completions' : 'chat.completions');
        writeFileSync(join(folder, `${name}.ts`), text);
      }
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
      const { stdout } = await promisify(execFile)(process.execPath, [TSC, '-p', folder]).catch(
        (error: { stdout: string }) => error,
      );
      expect(stdout).toBe('');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000,
);
