/* oxlint-disable no-console -- a script that talks to a person */
/** `npm run example:python`: the Python example against the local stand-in for OpenAI, recorded by your PromptLab. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { startLocalOpenAI } from './localOpenAI.ts';

const { PROMPTLAB_API_KEY: apiKey, PROMPTLAB_BASE_URL: baseUrl = 'http://localhost:8000' } = process.env;
const python = process.env.PYTHON ?? 'python3';

if (!apiKey) {
  console.error(
    [
      'Set PROMPTLAB_API_KEY to a key of your PromptLab, for example:',
      '',
      '  PROMPTLAB_API_KEY=pl_live_… npm run example:python',
      '',
      `It needs a Python with both packages: ${python} -m pip install ./sdk openai`,
      'PYTHON says which one; PROMPTLAB_BASE_URL says where PromptLab runs.',
    ].join('\n'),
  );
  process.exit(1);
}

const local = await startLocalOpenAI();
const child = spawn(python, [path.join(import.meta.dirname, 'python', 'basic.py')], {
  stdio: 'inherit',
  env: {
    ...process.env,
    OPENAI_BASE_URL: local.baseURL,
    OPENAI_API_KEY: 'not-needed-here',
    PROMPTLAB_BASE_URL: baseUrl,
  },
});
const code = await new Promise<number | null>((resolve, reject) => {
  child.once('error', reject);
  child.once('exit', resolve);
});
if (code === 0) console.log(`See them at ${baseUrl.replace(/\/+$/, '')}/requests`);
await local.close();
process.exitCode = code ?? 1;
