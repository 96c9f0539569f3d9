/** An organization with a key for one test, and logging into it: through the public API and through the SDK. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LogInput } from '#shared/request';
import type { SpanInput } from '#shared/trace';

const ROOT = path.resolve(__dirname, '..', '..');

/**
 * What admin calls are made with: the guard refuses calls without it from a process that serves others, as one does that
 * runs test files with servers of their own.
 */
export const ADMIN_TOKEN = 'an-admin-token-of-the-browser-tests';

/** An organization of one test. */
export type Tenant = { readonly url: string; readonly name: string; readonly apiKey: string };

/** A new, empty organization, made the way the documentation says. */
export async function createTenant(url: string, name: string): Promise<Tenant> {
  const organization = await post(`${url}/api/v1/admin/organizations`, { name }, ADMIN_TOKEN);
  const address = `${url}/api/v1/admin/organizations/${organization.id}/api-keys`;
  const created = await post(address, { name: 'Test key' }, ADMIN_TOKEN);
  return { url, name, apiKey: created.key ?? '' };
}

/** Logs by REST; resolves when they are readable. */
export async function logRequests({ url, apiKey }: Tenant, logs: LogInput[]): Promise<void> {
  await post(`${url}/api/v1/logs`, { logs }, apiKey);
}

/** The same of spans. */
export async function logSpans({ url, apiKey }: Tenant, spans: SpanInput[]): Promise<void> {
  await post(`${url}/api/v1/spans`, { spans }, apiKey);
}

/** Runs a program of its own that wraps the real `openai` client with `track()` and makes one call. */
export async function callThroughSdk({ url, apiKey }: Tenant, question: string): Promise<void> {
  await promisify(execFile)(process.execPath, ['--import', 'tsx', path.join(__dirname, 'trackedCall.ts'), question], {
    cwd: ROOT,
    env: { ...process.env, PROMPTLAB_API_KEY: apiKey, PROMPTLAB_BASE_URL: url },
  });
}

async function post(address: string, body: unknown, apiKey?: string): Promise<{ id?: string; key?: string }> {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { id?: string; key?: string };
  if (!response.ok) throw new Error(`${address} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer;
}
