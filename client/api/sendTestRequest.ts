/** Logs one small request through the public API, the way an application would. */
import { basePath } from '../lib/basePath.ts';

export async function sendTestRequest(key: string): Promise<void> {
  const response = await fetch(`${basePath()}api/v1/logs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
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
    }),
  });
  if (response.ok) return;
  const body: unknown = await response.json().catch(() => null);
  throw new Error(messageOf(body) ?? `The server answered ${response.status}.`);
}

function messageOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) return null;
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  return typeof error.message === 'string' ? error.message : null;
}
