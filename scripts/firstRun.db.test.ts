/** The first-run page as a reader meets it: each snippet is pasted as it stands, and its call is there afterwards. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  agentEnvironmentSnippet,
  agentSnippet,
  curlSnippet,
  installSnippet,
  MANUAL_FILE,
  manualSnippet,
  runTrackSnippet,
  TRACK_FILE,
  trackSnippet,
} from '../client/pages/onboarding/snippets.ts';
import { type LocalOpenAI, startLocalOpenAI } from '../examples/localOpenAI.ts';
import { listRequestsOf, type Product, startProduct } from '#tests/support/startProduct';

// Each test starts programs, which a busy machine takes seconds for.
jest.setTimeout(60_000);

const ROOT = path.resolve(__dirname, '..');

let product: Product;
let openai: LocalOpenAI;
/** A new folder, with the SDK as the page says to install it. */
let folder: string;

beforeAll(async () => {
  product = await startProduct();
  openai = await startLocalOpenAI({ delayMs: 5 });
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'promptlab-first-run-'));
  // The package openai is that of this repository: a registry may be out of reach.
  const install = installSnippet({ baseUrl: product.url }, 'openai').replace(/ openai$/, '');
  await bash(`${install} --no-audit --no-fund --prefer-offline`);
  fs.symlinkSync(path.join(ROOT, 'node_modules', 'openai'), path.join(folder, 'node_modules', 'openai'));
}, 120_000);
afterAll(async () => {
  await product?.stop();
  await openai?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const target = () => ({ baseUrl: product.url, apiKey: product.apiKey });

function bash(script: string, env: Record<string, string> = {}): Promise<{ stdout: string; stderr: string }> {
  const { PATH = '', HOME = '' } = process.env;
  return promisify(execFile)('bash', ['-c', script], { cwd: folder, env: { PATH, HOME, ...env } as NodeJS.ProcessEnv });
}

const list = (query: string) => listRequestsOf(product, query);

test('TypeScript: a call that answers, with its tokens and its latency', async () => {
  fs.writeFileSync(path.join(folder, TRACK_FILE), trackSnippet(target()));
  const { stdout, stderr } = await bash(runTrackSnippet(), { OPENAI_BASE_URL: openai.baseURL });
  expect(stderr).toBe('');
  expect(stdout.trim()).not.toBe('');
  const [call] = await list('status=success&model=gpt-4.1-mini');
  expect(call?.input_tokens).toBeGreaterThan(0);
  expect(call?.latency_ms).toBeGreaterThan(0);
});

test('TypeScript: a first call that fails is logged, and its error is the one of openai', async () => {
  fs.writeFileSync(path.join(folder, TRACK_FILE), trackSnippet(target()));
  const failing = bash(runTrackSnippet(), { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' });
  await expect(failing).rejects.toMatchObject({ stderr: expect.stringContaining('Connection error') });
  expect(await list('status=error')).toEqual([expect.objectContaining({ model: 'gpt-4.1-mini' })]);
}, 30_000);

test('without a key of OpenAI its own message names the variable', async () => {
  fs.writeFileSync(path.join(folder, TRACK_FILE), trackSnippet(target()));
  await expect(bash(`node ${TRACK_FILE}`)).rejects.toMatchObject({ stderr: expect.stringContaining('OPENAI_API_KEY') });
  expect(runTrackSnippet()).toContain('OPENAI_API_KEY=');
});

test('any client: a request that is logged by hand', async () => {
  fs.writeFileSync(path.join(folder, MANUAL_FILE), manualSnippet(target()));
  expect((await bash(`node ${MANUAL_FILE}`)).stderr).toBe('');
  expect(await list('provider=groq')).toHaveLength(1);
});

test('curl', async () => {
  const { stdout } = await bash(curlSnippet(target()));
  expect(JSON.parse(stdout)).toMatchObject({ model: 'gpt-4.1-mini', response_content: 'Hello, PromptLab!' });
});

test('the text for a coding agent holds no key, and its commands work', async () => {
  const text = agentSnippet({ baseUrl: product.url, version: '0.0.0' });
  expect(text).not.toContain(product.apiKey);
  expect(text).toContain(installSnippet({ baseUrl: product.url }));
  const [, curl = ''] = /^ +(curl .*)$/m.exec(text) ?? [];
  const { stdout } = await bash(`${agentEnvironmentSnippet(target())}\n${curl}`);
  expect(JSON.parse(stdout)).toHaveLength(1);
  expect((await fetch(`${product.url}/api/v1/openapi.json`)).status).toBe(200);
});
