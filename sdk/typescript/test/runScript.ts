/** Runs a program of its own, with the built package, as a user's would. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { LAB_KEY } from './harness';

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export const BUILD = join(__dirname, 'dist');
const MAJORS_FOLDER = join(__dirname, 'majors', 'node_modules');

export interface ScriptOptions {
  readonly baseUrl?: string;
  /** Folder of the major, such as `openai-v6`. */
  readonly major?: string;
  readonly isEsm?: boolean;
  readonly env?: Record<string, string>;
  readonly nodeArgs?: readonly string[];
  /** Standard input is a pipe that the test holds, as of a program at its prompt. */
  readonly hasStdin?: boolean;
  /** Called with the process as soon as it runs. */
  readonly onStart?: (child: ReturnType<typeof spawn>) => void;
}

/** `code` sees `promptlab` (the package), `openai` (the module), and `fakeFetch(answer)`. */
export function runScript(code: string, options: ScriptOptions = {}): Promise<Ended> {
  const { baseUrl = 'http://127.0.0.1:9', major = 'openai-v6', isEsm = false, env = {}, nodeArgs = [] } = options;
  const head = isEsm
    ? `import * as promptlab from ${JSON.stringify(join(BUILD, 'esm', 'index.js'))};
       import * as openai from ${JSON.stringify(join(MAJORS_FOLDER, major, 'index.mjs'))};`
    : `const promptlab = require(${JSON.stringify(join(BUILD, 'cjs', 'index.cjs'))});
       const openai = require(${JSON.stringify(join(MAJORS_FOLDER, major))});`;
  const started = Date.now();
  const child = spawn(
    process.execPath,
    [...nodeArgs, ...(isEsm ? ['--input-type=module'] : []), '-e', `${head}${PRELUDE}${code}`],
    {
      env: {
        PATH: process.env.PATH ?? '',
        PROMPTLAB_API_KEY: LAB_KEY,
        PROMPTLAB_BASE_URL: baseUrl,
        NODE_NO_WARNINGS: '1',
        ...env,
      },
      stdio: [options.hasStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr?.on('data', (part: Buffer) => (stderr += part.toString()));
  options.onStart?.(child);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      clearTimeout(timer);
      resolve({ code: exitCode, signal, stdout, stderr, ms: Date.now() - started });
    });
  });
}

const PRELUDE = `
const HELLO = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] };
const ANSWER = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o-mini', choices: [
  { index: 0, message: { role: 'assistant', content: 'Hello', refusal: null }, logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 } };
const fakeFetch = (answer = ANSWER, status = 200) => async () => new Response(JSON.stringify(answer), {
  status, headers: { 'content-type': 'application/json', 'x-request-id': 'req_1' } });
const newClient = (more = {}) => new openai.OpenAI({ apiKey: 'sk-x', maxRetries: 0, fetch: fakeFetch(), ...more });
`;
