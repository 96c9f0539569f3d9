/* oxlint-disable no-console -- a script that talks to a person */
/** `npm run example`: real calls of the real `openai` package against a local stand-in, recorded by your PromptLab. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startLocalOpenAI } from './localOpenAI.ts';

const { PROMPTLAB_API_KEY: apiKey, PROMPTLAB_BASE_URL: baseUrl = 'http://localhost:8000' } = process.env;

if (!apiKey) {
  console.error(
    [
      'Set PROMPTLAB_API_KEY to a key of your PromptLab, for example:',
      '',
      '  PROMPTLAB_API_KEY=pl_live_… npm run example',
      '',
      'Open the link that the first `npm start` prints; keys are made on the Settings page.',
      `PROMPTLAB_BASE_URL says where PromptLab runs; now: ${baseUrl}`,
    ].join('\n'),
  );
  process.exit(1);
}

/** The example imports `promptlab` as your program would, so the package must be built. */
const sdk = fileURLToPath(new URL('../sdk/', import.meta.url));
if (!existsSync(`${sdk}dist/esm/index.js`))
  execFileSync(process.execPath, [`${sdk}typescript/build.mjs`], { stdio: 'inherit' });

const { runBasicExample } = await import('./basic.ts');
const local = await startLocalOpenAI();
try {
  console.log(`Calls through track():\n`);
  await runBasicExample(local.baseURL);
  console.log(`See them at ${baseUrl.replace(/\/+$/, '')}/requests`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await local.close();
}
