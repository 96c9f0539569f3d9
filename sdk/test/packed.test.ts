/** The package as npm would publish it: what is in it, and that a new project can log a call with it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LAB_KEY } from './harness';
import { startReceiver, type Receiver } from './receiver';

const SDK = join(__dirname, '..');
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
let folder: string;
let tarball: string;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  folder = mkdtempSync(join(tmpdir(), 'promptlab-packed-'));
  const build = join(folder, 'package');
  mkdirSync(build);
  // A copy, so that packing never disturbs the dist/ that others use.
  for (const name of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE']) {
    execFileSync('cp', [join(SDK, name), build]);
  }
  execFileSync(process.execPath, [join(SDK, 'build.mjs'), join(build, 'dist')], { stdio: 'inherit' });
  const [packed] = JSON.parse(
    execFileSync(NPM, ['pack', '--json', '--pack-destination', folder], { cwd: build, encoding: 'utf8' }),
  );
  tarball = join(folder, packed.filename);
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
const run = async (file: string, code: string) => {
  writeFileSync(join(folder, file), code);
  const before = receiver.logs.length;
  const { runNode } = { runNode: (await import('node:child_process')).spawn };
  await new Promise<void>((resolve, reject) => {
    const child = runNode(process.execPath, [join(folder, file)], {
      env: { PATH: process.env.PATH ?? '', PROMPTLAB_API_KEY: LAB_KEY, PROMPTLAB_BASE_URL: receiver.url },
      stdio: 'inherit',
    });
    child.on('exit', (code2) => (code2 === 0 ? resolve() : reject(new Error(`exit ${code2}`))));
  });
  return receiver.logs.slice(before);
};

test('holds what a user needs and no more: at most 100 KB, no dependencies', () => {
  const installed = join(folder, 'node_modules', 'promptlab');
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(installed, file)).isFile(),
  );
  expect(files.filter((file) => !file.startsWith('dist'))).toEqual(
    expect.arrayContaining(['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE']),
  );
  expect(files.some((file) => file.includes('test') || file.includes('src'))).toBe(false);
  const code = files
    .filter((file) => file.startsWith('dist'))
    .reduce((sum, file) => sum + statSync(join(installed, file)).size, 0);
  expect(code).toBeLessThan(100_000);
  const { dependencies } = createRequire(join(installed, 'x.js'))('./package.json') as { dependencies?: object };
  expect(dependencies).toBeUndefined();
});

test('logs a call from CommonJS', async () => {
  const logs = await run(
    'main.cjs',
    `const { PromptLab } = require('promptlab'); new PromptLab().api.logRequest(${LOG});`,
  );
  expect(logs).toHaveLength(1);
});

test('logs a call from an ES module, through a tracked client', async () => {
  const logs = await run(
    'main.mjs',
    `import OpenAI from 'openai'; import { track, flush } from 'promptlab';
     const answer = { id: 'c', object: 'chat.completion', model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }] };
     const fetch = async () => new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } });
     const client = track(new OpenAI({ apiKey: 'k', fetch }));
     await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'x' }], prompt_slug: 'packed' });
     if (!(await flush()).ok) process.exit(1);`,
  );
  expect(logs).toMatchObject([{ prompt_slug: 'packed', response_content: 'Hi' }]);
});

test('compiles in a TypeScript project, in ESM and in CommonJS', () => {
  const code = `import { track, PromptLab, flush } from 'promptlab';
    const lab = new PromptLab({ apiKey: 'k' }); const id: string = lab.api.logRequest(${LOG});
    export const done: Promise<{ ok: boolean; pending: number }> = flush(); export const t = track({ a: 1 }).a + id;`;
  writeFileSync(join(folder, 'a.mts'), code);
  writeFileSync(join(folder, 'b.cts'), code);
  const options = {
    target: 'ES2022',
    module: 'NodeNext',
    strict: true,
    noEmit: true,
    types: [],
    lib: ['ES2022', 'DOM'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['a.mts', 'b.cts'] }));
  const tsc = require.resolve('typescript/package.json').replace('package.json', 'bin/tsc');
  // Without skipLibCheck: our own declarations are checked too.
  execFileSync(process.execPath, [tsc, '-p', folder], { stdio: 'inherit' });
}, 30_000);

test('publint and arethetypeswrong find nothing', () => {
  const bin = (name: string, file: string) => join(SDK, '..', 'node_modules', name, file);
  execFileSync(process.execPath, [bin('publint', 'src/cli.js'), 'run', join(folder, 'package'), '--strict'], {
    stdio: 'pipe',
  });
  execFileSync(process.execPath, [bin('@arethetypeswrong/cli', 'dist/index.js'), tarball], { stdio: 'pipe' });
}, 60_000);
