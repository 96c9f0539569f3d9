/** The Python SDK as a new user meets it: installed from the running server, the README, the first-run page and the example as pasted. */
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { installPythonSnippet, trackPythonSnippet } from '../client/pages/onboarding/snippets.ts';
import { startLocalOpenAI, type LocalOpenAI } from '../examples/localOpenAI.ts';
import { listRequestsOf, type Product, startProduct } from '#tests/support/startProduct';

// Each test starts programs, which a busy machine takes seconds for.
jest.setTimeout(60_000);

const ROOT = path.resolve(__dirname, '..');
const README = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'sdk', 'package.json'), 'utf8')) as { version: string };
/** Has `openai`; empty where this machine has no Python. CI has one. */
const python = execFileSync(process.execPath, [path.join(ROOT, 'scripts', 'testPython.mjs')], { encoding: 'utf8' });
const isRunnable = python !== '' || process.env.CI === 'true';

let product: Product;
let openai: LocalOpenAI;
/** What the server handed out. */
let packages: string;

(isRunnable ? describe : describe.skip)('a new user of the Python SDK', () => {
  beforeAll(async () => {
    product = await startProduct();
    openai = await startLocalOpenAI({ delayMs: 5 });
    packages = fs.mkdtempSync(path.join(os.tmpdir(), 'promptlab-python-'));
    const [, , address = ''] = installPythonSnippet({ baseUrl: product.url, version }).split(' ');
    await pip('--target', packages, '--no-deps', address);
  }, 120_000);
  afterAll(async () => {
    await product?.stop();
    await openai?.close();
    if (packages) fs.rmSync(packages, { recursive: true, force: true });
  });

  const pip = (...args: string[]) =>
    promisify(execFile)(python, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-cache-dir',
      '--disable-pip-version-check',
      ...args,
    ]);

  const runWith = (more: Record<string, string>, ...args: string[]) => {
    const env = {
      PATH: process.env.PATH,
      PYTHONPATH: packages,
      OPENAI_API_KEY: 'not-needed-here',
      OPENAI_BASE_URL: openai.baseURL,
      PROMPTLAB_API_KEY: product.apiKey,
      PROMPTLAB_BASE_URL: product.url,
      ...more,
    };
    return promisify(execFile)(python, args, { env: env as NodeJS.ProcessEnv });
  };

  const run = async (...args: string[]) => {
    const { stdout, stderr } = await runWith({}, ...args);
    expect(stderr).toBe('');
    return stdout;
  };

  const list = (query: string) => listRequestsOf(product, query);

  const pythonBlocks = [...README.matchAll(/^```python\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);

  test('the README as pasted: calls on the page with their tokens, latency and cost', async () => {
    expect(README).toContain(installPythonSnippet({ baseUrl: 'http://localhost:8000', version }));
    for (const block of pythonBlocks) await run('-c', block);
    const [call] = await list('trace_id=trip-42');
    expect(call).toMatchObject({
      prompt_slug: 'capital',
      tags: { env: 'prod' },
      status: 'success',
      model: 'gpt-4o-mini',
    });
    expect(call?.input_tokens).toBeGreaterThan(0);
    expect(call?.latency_ms).toBeGreaterThan(0);
    expect(await list('provider=anthropic')).toEqual([expect.objectContaining({ output_tokens: 3 })]);
  });

  test('the first-run page as pasted', async () => {
    await run('-c', trackPythonSnippet({ baseUrl: product.url, apiKey: product.apiKey }));
    expect(await list('model=gpt-4.1-mini&status=success')).toHaveLength(1);
  });

  test('the first-run page as pasted, where the call fails: it is logged', async () => {
    const code = trackPythonSnippet({ baseUrl: product.url, apiKey: product.apiKey });
    const failing = runWith({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' }, '-c', code);
    await expect(failing).rejects.toMatchObject({ stderr: expect.stringContaining('APIConnectionError') });
    expect(await list('model=gpt-4.1-mini&status=error')).toHaveLength(1);
  }, 30_000);

  test('the example records what it says', async () => {
    const output = await run(path.join(ROOT, 'examples', 'python', 'basic.py'));
    expect(output).toContain('8 calls and steps recorded, ok: True');
    expect(await list('trace_id=together')).toHaveLength(3);
    const [priced] = await list('environment=example&model=gpt-4o-mini&status=success');
    expect(Number(priced?.cost_usd)).toBeGreaterThan(0);
  });

  test('pip finds it by the page of links as well, which names its hash', async () => {
    const page = await (await fetch(`${product.url}/sdk/`)).text();
    expect(page).toMatch(/href="promptlab_sdk-[\d.]+-py3-none-any\.whl#sha256=[0-9a-f]{64}"/);
    const folder = fs.mkdtempSync(path.join(packages, 'links-'));
    await pip('--target', folder, '--no-index', '--find-links', `${product.url}/sdk/`, 'promptlab-sdk');
    expect(fs.existsSync(path.join(folder, 'promptlab', 'py.typed'))).toBe(true);
    const wheel = await fetch(`${product.url}/sdk/promptlab_sdk-${version}-py3-none-any.whl`, { method: 'HEAD' });
    expect(wheel.headers.get('cache-control')).toContain('immutable');
  });
});
