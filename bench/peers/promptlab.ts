/** PromptLab among its peers: by its own endpoint, or by OTLP as they are. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startProduct } from '#tests/support/startProduct';
import type { Contender, ContenderPlace, RunningContender } from './contender.ts';
import { fetchJson, listPages } from './contender.ts';
import { sizeMb } from './installedSize.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const PAGE = 200;
const WAYS = {
  json: { protocol: 'own JSON', load: { path: '/api/v1/logs', form: 'logs' }, idOf: (row: ListedRequest) => row.id },
  otlp: { protocol: 'OTLP', load: { path: '/v1/traces', form: 'spans' }, idOf: (row: ListedRequest) => row.trace_id },
} as const;

interface ListedRequest {
  readonly id: string;
  readonly trace_id: string | null;
}

export function aPromptLab(way: keyof typeof WAYS): Contender {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const { protocol, load, idOf } = WAYS[way];
  /** Of the first start; a later one shows none. */
  let apiKey = '';
  return {
    name: `PromptLab ${version}`,
    protocol,
    load,
    installedMb: installedMb(),
    async start(place) {
      const running = await startPromptLab(place, { apiKey, idOf });
      ({ apiKey } = running);
      return running;
    },
  };
}

interface StartOptions {
  readonly apiKey: string;
  readonly idOf: (row: ListedRequest) => string | null;
}

async function startPromptLab(
  { databaseUrl, folder }: ContenderPlace,
  options: StartOptions,
): Promise<RunningContender> {
  const product = await startProduct({
    dataDir: folder,
    env: { DATABASE_URL: databaseUrl },
    keepLink: options.apiKey !== '',
  });
  const apiKey = options.apiKey || product.apiKey;
  const headers = { authorization: `Bearer ${apiKey}` };
  return {
    pid: product.pid,
    port: Number(new URL(product.url).port),
    apiKey,
    async countReadable() {
      return ((await fetchJson(`${product.url}/api/v1/stats`, { headers })) as { requests: number }).requests;
    },
    async listReadable() {
      const rows = await listPages<ListedRequest>(async (cursor) => {
        const query = new URLSearchParams({ limit: String(PAGE), payload: 'false', ...(cursor ? { cursor } : {}) });
        const res = await fetch(`${product.url}/api/v1/requests?${query}`, { headers });
        if (!res.ok) throw new Error(`/api/v1/requests answered ${res.status}`);
        return { rows: (await res.json()) as ListedRequest[], next: res.headers.get('x-next-cursor') };
      });
      return new Set(rows.map((row) => options.idOf(row) ?? ''));
    },
    stop: () => product.stop('SIGKILL'),
  };
}

/** The build and the packages that it needs to run, Postgres among them; not those for building and testing. */
function installedMb(): number {
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const packages = listed.split('\n').filter((folder) => folder.includes('node_modules'));
  return sizeMb([path.join(ROOT, 'dist'), ...packages]);
}
