/** Sentry 10 instruments `openai` by itself: `new OpenAI()` gives a Proxy. Argument: `tracked` or `alone`. */
import OpenAI from 'openai';
import { lab, provider, report, useClient } from './shared.mjs';

const client = new OpenAI({ apiKey: 'sk-x', maxRetries: 0, fetch: provider });
if (process.argv[2] === 'tracked') lab.track(client);
const seen = await useClient(client);
await report({ seen, spans: globalThis.spans.filter((op) => op.startsWith('gen_ai')).length });
