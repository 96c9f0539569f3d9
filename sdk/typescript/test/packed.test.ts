/** The package as npm would publish it: what is in it, and that a new project can log a call with it. */
import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire, SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LAB_KEY } from './harness';
import { startReceiver, type Receiver } from './receiver';
import { BUILD } from './runScript';

const SDK = join(__dirname, '..', '..');
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
let folder: string;
let tarball: string;
let packedBytes: number;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  folder = mkdtempSync(join(tmpdir(), 'promptlab-packed-'));
  const build = join(folder, 'package');
  mkdirSync(build);
  // Copies, so that packing never disturbs what others use.
  for (const name of ['package.json', 'README.md', 'LICENSE']) {
    execFileSync('cp', [join(SDK, name), build]);
  }
  cpSync(BUILD, join(build, 'dist'), { recursive: true });
  const [packed] = JSON.parse(
    execFileSync(NPM, ['pack', '--json', '--pack-destination', folder], { cwd: build, encoding: 'utf8' }),
  );
  tarball = join(folder, packed.filename);
  packedBytes = packed.size;
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  execFileSync(
    NPM,
    ['install', tarball, '--no-audit', '--no-fund', '--offline', '--no-package-lock', '--legacy-peer-deps'],
    { cwd: folder },
  );
  symlinkSync(join(SDK, '..', 'node_modules', 'openai'), join(folder, 'node_modules', 'openai'), 'dir');
}, 90_000);

afterAll(async () => {
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const LOG = `{ model: 'm', provider: 'p', messages: [{ role: 'user', content: 'x' }] }`;
/** Runs a file of the project; without `code` one that is there. Gives back what arrived meanwhile. */
const runFile = async (file: string, code: string | undefined) => {
  if (code !== undefined) writeFileSync(join(folder, file), code);
  const before = receiver.logs.length;
  await promisify(execFile)(process.execPath, [join(folder, file)], {
    env: { PATH: process.env.PATH ?? '', PROMPTLAB_API_KEY: LAB_KEY, PROMPTLAB_BASE_URL: receiver.url },
  });
  return receiver.logs.slice(before);
};

test('holds what a user needs and no more: at most 60 kB compressed, no dependencies', () => {
  const installed = join(folder, 'node_modules', 'promptlab');
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(installed, file)).isFile(),
  );
  expect(files.filter((file) => !file.startsWith('dist'))).toEqual(
    expect.arrayContaining(['package.json', 'README.md', 'LICENSE']),
  );
  expect(files.some((file) => file.includes('test') || file.includes('src'))).toBe(false);
  expect(packedBytes).toBeLessThanOrEqual(60_000);
  const { dependencies } = createRequire(join(installed, 'x.js'))('./package.json') as { dependencies?: object };
  expect(dependencies).toBeUndefined();
});

/** A program in each kind of module: a tracked client whose call arrives, and a record by hand. */
const IMPORTS = {
  esm: `import OpenAI from 'openai'; import { PromptLab, flush, track, type Tracked } from 'promptlab';`,
  cjs: `const OpenAI = require('openai'); const { flush, track } = require('promptlab');`,
};
const MAIN = `
  const answer = { id: 'c', object: 'chat.completion', model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }] };
  const fetch = async () => new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } });
  const main = async () => {
    const client = track(new OpenAI({ apiKey: 'k', fetch }));
    await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'x' }], prompt_slug: 'packed' });
    if (!(await flush()).ok) process.exit(1);
  };
  void main();`;
const EXPECTED = { prompt_slug: 'packed', response_content: 'Hi' };

test('logs a call from CommonJS, through a tracked client', async () => {
  expect(await runFile('main.cjs', IMPORTS.cjs + MAIN)).toMatchObject([EXPECTED]);
});

test('logs a call from an ES module, through a tracked client', async () => {
  expect(await runFile('main.mjs', IMPORTS.esm.replace(', type Tracked', '') + MAIN)).toMatchObject([EXPECTED]);
});

test('compiles and logs in a TypeScript project, in ESM and in CommonJS', async () => {
  // What only the compiler sees: the types of the results, and the extras of a call.
  const typed = `
  declare const process: { exit(code: number): void };
  const lab = new PromptLab();
  const id: string = lab.api.logRequest(${LOG});
  export const done: Promise<{ ok: boolean; pending: number }> = lab.flush();
  export const given: Tracked<{ a: number }> = track({ a: id.length });`;
  for (const name of ['a.mts', 'b.cts']) writeFileSync(join(folder, name), IMPORTS.esm + typed + MAIN);
  const options = {
    target: 'ES2022',
    module: 'NodeNext',
    strict: true,
    // Our own declarations are checked too.
    skipLibCheck: false,
    types: [],
    lib: ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['a.mts', 'b.cts'] }));
  const tsc = require.resolve('typescript/package.json').replace('package.json', 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', folder], { stdio: 'inherit' });
  for (const name of ['a.mjs', 'b.cjs']) {
    const logs = await runFile(name, undefined);
    expect(logs).toHaveLength(2);
    expect(logs).toEqual(
      expect.arrayContaining([expect.objectContaining(EXPECTED), expect.objectContaining({ provider: 'p' })]),
    );
  }
}, 60_000);

test('is readable: our own names in the code, and a map that leads each line to its source', () => {
  const installed = join(folder, 'node_modules', 'promptlab', 'dist', 'cjs');
  const lines = readFileSync(join(installed, 'index.cjs'), 'utf8').split('\n');
  expect(lines.length).toBeGreaterThan(3_000);
  const map = new SourceMap(JSON.parse(readFileSync(join(installed, 'index.cjs.map'), 'utf8')));
  const line = lines.findIndex((text) => text.startsWith('function patchClient('));
  const { originalSource, originalLine } = map.findEntry(line, 0) as { originalSource: string; originalLine: number };
  expect(originalSource).toMatch(/typescript\/src\/client\/track\.ts$/);
  const source = readFileSync(join(SDK, 'typescript', 'src', 'client', 'track.ts'), 'utf8').split('\n');
  expect(source[originalLine]).toMatch(/^export function patchClient\(/);
});

test('publint and arethetypeswrong find nothing', () => {
  const bin = (name: string, file: string) => join(SDK, '..', 'node_modules', name, file);
  const run = (args: readonly string[]) => execFileSync(process.execPath, args, { stdio: 'pipe' });
  expect(() => run([bin('publint', 'src/cli.js'), 'run', join(folder, 'package'), '--strict'])).not.toThrow();
  expect(() => run([bin('@arethetypeswrong/cli', 'dist/index.js'), tarball])).not.toThrow();
}, 60_000);
