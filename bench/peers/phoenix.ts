/**
 * Arize Phoenix as its documentation has it for production: on Postgres, told by OTLP/HTTP in batches, with spans of its own conventions
 * (OpenInference). https://arize.com/docs/phoenix
 */
import path from 'node:path';
import { freePort } from '../../server/db/freePort.ts';
import { ensureEnvironment, type Python } from '../../scripts/pythonEnvironment.mjs';
import { type Contender, fetchJson, listPages } from './contender.ts';
import { sizeMb } from './installedSize.ts';
import { startPythonServer } from './pythonServer.ts';

const VERSION = '20.26.1';
const PROJECT = 'default';

interface TracePage {
  readonly data: readonly { readonly trace_id: string }[];
  readonly next_cursor: string | null;
}

/** Installs it where it is not yet. */
export async function aPhoenix(python: Python): Promise<Contender> {
  const environment = await ensureEnvironment(python, [`arize-phoenix[pg]==${VERSION}`]);
  return {
    name: `Phoenix ${VERSION}`,
    protocol: 'OTLP',
    load: { path: '/v1/traces', form: 'openinference' },
    // It answers before it stores, and stores about a hundred a second.
    mostLogs: 1_000,
    installedMb: sizeMb([environment.folder]),
    async start({ databaseUrl, folder }) {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const server = await startPythonServer({
        command: [path.join(path.dirname(environment.python), 'phoenix'), 'serve'],
        env: {
          PHOENIX_HOST: '127.0.0.1',
          PHOENIX_PORT: String(port),
          PHOENIX_GRPC_PORT: String(await freePort()),
          PHOENIX_SQL_DATABASE_URL: databaseUrl.replace('postgres://', 'postgresql://'),
          PHOENIX_WORKING_DIR: folder,
          // Nothing leaves this machine.
          PHOENIX_TELEMETRY_ENABLED: 'false',
          PHOENIX_ALLOW_EXTERNAL_RESOURCES: 'false',
        },
        readyUrl: `${url}/readyz`,
      });
      return {
        pid: server.pid,
        port,
        apiKey: '-',
        async countReadable() {
          // What its own pages ask for.
          const query = `{ getProjectByName(name: "${PROJECT}") { recordCount } }`;
          const answer = (await fetchJson(`${url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ query }),
          })) as { data: { getProjectByName: { recordCount: number } | null } };
          return answer.data.getProjectByName?.recordCount ?? 0;
        },
        async listReadable() {
          const traces = await listPages(async (cursor) => {
            const query = new URLSearchParams({ limit: '1000', ...(cursor ? { cursor } : {}) });
            const page = (await fetchJson(`${url}/v1/projects/${PROJECT}/traces?${query}`)) as TracePage;
            return { rows: page.data, next: page.next_cursor };
          });
          return new Set(traces.map(({ trace_id }) => trace_id));
        },
        stop: () => server.stop(),
      };
    },
  };
}
