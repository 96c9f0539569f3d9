/** Logs requests from this browser through the public API, the way an application would. */
import { basePath } from '../lib/basePath.ts';

/** The demo: as much as a page of totals and a week of charts need, and done within seconds. */
const DEMO = { requests: 1_000, days: 30, seed: 1 };
const BATCH = 100;
/** By which demo data is found, and deleted again. */
const DEMO_TAG = { demo: 'yes' };

/** Logs one small request. @throws {Error} in the words of the server. */
export async function sendTestRequest(key: string): Promise<void> {
  await post(key, 'logs', {
    model: 'test-model',
    provider: 'promptlab',
    messages: [
      { role: 'system', content: 'You are a friendly test.' },
      { role: 'user', content: 'Did this request arrive?' },
    ],
    response_content: 'It did: this is your first logged request. Real ones look just like it.',
    latency_ms: 120,
    input_tokens: 17,
    output_tokens: 15,
    prompt_slug: 'hello-promptlab',
    tags: { source: 'dashboard-test' },
  });
}

/**
 * Logs a month of a made-up company, with traces. Its ids follow from the day, so that a second try goes on where the
 * first stopped and stores nothing twice. `onProgress` is told of each batch that is stored.
 * @returns how many requests.
 * @throws {Error} in the words of the server.
 */
export async function loadDemoData(key: string, onProgress: (stored: number, total: number) => void): Promise<number> {
  // Larger than this page, and needed by few.
  const { generateDemo } = await import('#demo/demoRequests');
  let logs: object[] = [];
  let spans: object[] = [];
  let stored = 0;
  const flush = async () => {
    if (spans.length > 0) await post(key, 'spans', { spans });
    if (logs.length > 0) await post(key, 'logs', { logs });
    stored += logs.length;
    [logs, spans] = [[], []];
    onProgress(stored, DEMO.requests);
  };
  for (const item of generateDemo({ ...DEMO, now: new Date() })) {
    if ('log' in item) logs.push({ ...item.log, tags: { ...item.log.tags, ...DEMO_TAG } });
    else spans.push({ ...item.span, tags: { ...item.span.tags, ...DEMO_TAG } });
    if (logs.length === BATCH || spans.length === BATCH) await flush();
  }
  await flush();
  return stored;
}

async function post(key: string, what: 'logs' | 'spans', body: object): Promise<void> {
  const response = await fetch(`${basePath()}api/v1/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && response.status !== 207) return;
  throw new Error(messageOf(answer) ?? `The server answered ${response.status}.`);
}

function messageOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) return null;
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  return typeof error.message === 'string' ? error.message : null;
}
