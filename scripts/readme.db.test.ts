/** The README is run as it is written: its curl calls and its TypeScript against the real product. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { endpoints } from '#shared/endpoints';
import { aLogInput } from '#tests/support/factories';
import { poll } from '#tests/support/poll';
import { findLink } from '#tests/support/signInByLink';
import { type Product, startProduct } from '#tests/support/startProduct';

// Each test starts programs, which a busy machine takes seconds for.
jest.setTimeout(60_000);

const ROOT = path.resolve(__dirname, '..');
const README = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');

function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] ?? '',
  );
}

const curlBlocks = blocks('bash').filter((block) => block.startsWith('curl'));
let product: Product;
/** What the link of the first start opens, exchanged as the README says. */
let apiKey: string;

/** The one curl call that holds this text. */
function curlWith(text: string): string {
  const found = curlBlocks.filter((block) => block.includes(text));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

beforeAll(async () => {
  product = await startProduct({ keepLink: true });
  const env = { SIGN_IN_CODE: findLink(product.output())?.code ?? '' };
  apiKey = endpoints.signIn.output.parse(runInShell(curlWith('/api/v1/sign-in'), env)).api_key.key;
});
afterAll(() => product.stop());

function runInShell(block: string, env: Record<string, string>): unknown {
  const script = block
    .replaceAll('http://localhost:8000', product.url)
    .replaceAll('.promptlab/', `${product.dataDir}/`);
  const output = execFileSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
  return JSON.parse(output);
}

test('its curl calls work one after the other, as a reader would make them', () => {
  expect(curlBlocks).toHaveLength(7);
  const [log = '', list = '', health = '', , organizations = '', keys = '', withToken = ''] = curlBlocks;
  const organization = endpoints.createOrganization.output.parse(runInShell(organizations, {}));
  const key = endpoints.createApiKey.output.parse(runInShell(keys, { ORG_ID: organization.id }));
  const env = { PROMPTLAB_API_KEY: key.key };
  const stored = z.looseObject({ id: z.string(), response_content: z.literal('Paris.') }).parse(runInShell(log, env));
  expect(runInShell(list, env)).toEqual([expect.objectContaining({ id: stored.id, org_id: organization.id })]);
  expect(runInShell(health, {})).toMatchObject({ status: 'ok' });
  expect(endpoints.listOrganizations.output.parse(runInShell(withToken, {}))).toContainEqual(organization);
});

test('its install command brings a package that records a call', () => {
  const [install = ''] = blocks('bash').filter((block) => block.startsWith('npm install'));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'promptlab-readme-'));
  try {
    fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    // `openai` is left out: a registry may be out of reach, and the other tests use it.
    const command = install.replaceAll('http://localhost:8000', product.url).replace(' openai', '').trim();
    execFileSync('bash', ['-c', `${command} --no-audit --no-fund --prefer-offline`], { cwd: folder, stdio: 'pipe' });
    const program = `
      import { PromptLab } from 'promptlab';
      const promptlab = new PromptLab({ apiKey: '${apiKey}', baseUrl: '${product.url}' });
      promptlab.api.logRequest({ model: 'm', provider: 'p', messages: [{ role: 'user', content: 'Hi' }] });
      console.log(JSON.stringify(await promptlab.flush()));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toMatchObject({ ok: true, pending: 0 });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

test('every npm command it names exists', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')));
  const contributing = fs.readFileSync(path.join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const named = [...`${README}\n${contributing}`.matchAll(/npm (?:run )?([a-z][a-z:-]*)/g)].map(
    (match) => match[1] ?? '',
  );
  const builtIn = ['ci', 'and', 'are', 'install'];
  expect(named.filter((name) => !builtIn.includes(name) && scripts[name] === undefined)).toEqual([]);
});

test('its table of variables is that of the configuration', async () => {
  const source = fs.readFileSync(path.join(ROOT, 'server', 'config.ts'), 'utf8');
  const known = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map((match) => match[1]);
  const documented = [...README.matchAll(/^\| `([A-Z][A-Z_]+)` \|/gm)].map((match) => match[1]);
  expect(new Set(documented)).toEqual(new Set(known));
});

test('`npm run example` and `npm run demo` do what it says', () => {
  const env = { ...process.env, PROMPTLAB_API_KEY: apiKey, PROMPTLAB_BASE_URL: product.url };
  const example = execFileSync('npm', ['run', '--silent', 'example'], { cwd: ROOT, encoding: 'utf8', env });
  expect(example).toContain('calls recorded');
  const demo = execFileSync('npm', ['run', '--silent', 'demo', '--', '--requests', '300'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, PROMPTLAB_DATA_DIR: product.dataDir, PORT: new URL(product.url).port },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(demo).toContain(`${product.url}/#key=once-`);
});

describe('`npm start`', () => {
  let started: Product;
  /** Started by npm, so that it is another process than the one that is told to stop. */
  let serverPid: number;
  beforeAll(async () => {
    started = await startProduct({ command: ['npm', 'start'] });
    serverPid = Number.parseInt(fs.readFileSync(path.join(started.dataDir, 'server.pid'), 'utf8'), 10);
  }, 60_000);
  afterAll(async () => {
    // Told by itself, so that nothing is left behind where npm does not pass a signal on.
    if (isRunning(serverPid)) process.kill(serverPid, 'SIGINT');
    await untilServerIsGone();
    await started.stop();
  }, 20_000);

  const untilServerIsGone = () => poll(async () => expect(isRunning(serverPid)).toBe(false), 15_000);

  const isHealthy = async () => (await fetch(`${started.url}/health`)).ok;

  /** The status; null where the connection was closed while the body was still on its way. */
  async function sendLog(input: object): Promise<number | null> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${started.apiKey}` };
    try {
      const answer = await fetch(`${started.url}/api/v1/logs`, {
        method: 'POST',
        headers,
        body: JSON.stringify(input),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return null;
    }
  }

  test('has the memory for more bodies of the largest size than it reads at once', async () => {
    const text = aLogInput({ response_content: 'x'.repeat(9_500_000) });
    const tooManyValues = aLogInput({ metadata: { numbers: Array<number>(4_700_000).fill(1) } });
    const manyValues = {
      logs: Array.from({ length: 1_000 }, (_, log) => aLogInput({ metadata: smallObjects(205, `of_${log}`) })),
    };
    const send = (times: number, input: object) => Array.from({ length: times }, () => sendLog(input));

    expect(await sendLog(tooManyValues)).toBe(413);
    const ofText = await Promise.all(send(12, text));
    const ofValues = await Promise.all([...send(2, tooManyValues), ...send(12, manyValues)]);
    // What is refused before its body is read may also see its connection closed.
    expect([...ofText, ...ofValues].filter((status) => ![201, 413, 503, null].includes(status))).toEqual([]);
    expect(ofText).toContain(201);
    expect(ofValues).toContain(201);

    expect(isRunning(serverPid)).toBe(true);
    expect(await isHealthy()).toBe(true);
    await poll(async () => expect(await sendLog(aLogInput())).toBe(201));
  }, 30_000);

  // The last one: it ends what the others ask.
  test('serves, and ends with its server when npm is told to', async () => {
    expect(await isHealthy()).toBe(true);
    expect(isRunning(serverPid)).toBe(true);
    const stopped = started.stop('SIGTERM');
    await untilServerIsGone();
    await stopped;
    await expect(isHealthy()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  }, 30_000);
});

/** Objects of one value under a key that no other object has: many times the memory of their bytes. */
function smallObjects(count: number, suffix: string): Record<string, Record<string, string>> {
  const keys = Array.from({ length: count }, (_, index) => `key_${index}_${suffix}`);
  return Object.fromEntries(keys.map((key) => [key, { [key]: 'v' }]));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
