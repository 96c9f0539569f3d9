/** A client that another library wraps too, before or after us. Arguments: the library, and `before`, `after` or `alone`. */
import OpenAI from 'openai';
import { lab, provider, report, useClient } from './shared.mjs';

const [, , library, order] = process.argv;
const options = { apiKey: 'sk-x', maxRetries: 0, fetch: provider };

const WRAP = {
  async langfuse(client) {
    const { observeOpenAI } = await import('@langfuse/openai');
    return observeOpenAI(client);
  },
  async braintrust(client) {
    const { initLogger, wrapOpenAI } = await import('braintrust');
    initLogger({ projectName: 'x', apiKey: 'x', appUrl: 'http://127.0.0.1:9', asyncFlush: true });
    return wrapOpenAI(client);
  },
  async posthog() {
    const [{ OpenAI: PostHogOpenAI }, { PostHog }] = await Promise.all([
      import('@posthog/ai/openai'),
      import('posthog-node'),
    ]);
    return new PostHogOpenAI({ ...options, posthog: new PostHog('x', { host: 'http://127.0.0.1:9' }) });
  },
};

let client = new OpenAI(options);
if (order === 'after') lab.track(client);
client = await WRAP[library](client);
if (order === 'before') lab.track(client);
await report({ seen: await useClient(client) });
