/** What a user's program does: wrap the OpenAI client, call a model, leave. The model is a local stand-in. */
import OpenAI from 'openai';
import { startLocalOpenAI } from '../../examples/localOpenAI.ts';
import { flush, track } from '../../sdk/typescript/src/index.ts';

const local = await startLocalOpenAI({ delayMs: 20 });
const openai = track(new OpenAI({ baseURL: local.baseURL, apiKey: 'not-needed-here' }), { provider: 'openai' });
await openai.chat.completions.create({
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: 'You answer in one sentence.' },
    { role: 'user', content: process.argv[2] ?? 'Hello?' },
  ],
  prompt_slug: 'e2e-question',
  trace_id: 'e2e-trace',
  tags: { env: 'e2e' },
});
await flush();
await local.close();
