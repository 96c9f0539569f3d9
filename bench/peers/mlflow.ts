/**
 * MLflow as its documentation has it for teams: its server with a Postgres as backend store, told by OTLP/HTTP in batches, with spans of
 * the GenAI conventions. https://mlflow.org/docs/latest/genai/tracing/opentelemetry/ingest
 */
import path from 'node:path';
import { freePort } from '../../server/db/freePort.ts';
import { ensureEnvironment, type Python } from '../../scripts/pythonEnvironment.mjs';
import { type Contender, fetchJson, listPages } from './contender.ts';
import { sizeMb } from './installedSize.ts';
import { startPythonServer } from './pythonServer.ts';

const VERSION = '3.17.2';
/** The experiment that is there from the start. */
const EXPERIMENT = '0';
/** It names traces by their id with this before it. */
const PREFIX = 'tr-';

interface TracePage {
  readonly traces?: readonly { readonly trace_id: string }[];
  readonly next_page_token?: string;
}

/** Installs it where it is not yet. */
export async function anMlflow(python: Python): Promise<Contender> {
  const environment = await ensureEnvironment(python, [`mlflow==${VERSION}`, 'psycopg2-binary==2.9.13']);
  return {
    name: `MLflow ${VERSION}`,
    protocol: 'OTLP',
    load: { path: '/v1/traces', form: 'spans', headers: { 'x-mlflow-experiment-id': EXPERIMENT } },
    installedMb: sizeMb([environment.folder]),
    async start({ databaseUrl, folder }) {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const flags = Object.entries({
        host: '127.0.0.1',
        port: String(port),
        'backend-store-uri': databaseUrl.replace('postgres://', 'postgresql+psycopg2://'),
        'artifacts-destination': folder,
      }).flatMap(([name, value]) => [`--${name}`, value]);
      const server = await startPythonServer({
        command: [path.join(path.dirname(environment.python), 'mlflow'), 'server', ...flags],
        // Nothing leaves this machine.
        env: { MLFLOW_DISABLE_TELEMETRY: 'true' },
        readyUrl: `${url}/health`,
      });
      const listReadable = async () => {
        const traces = await listPages(async (cursor) => {
          const page = (await fetchJson(`${url}/api/3.0/mlflow/traces/search`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({
              locations: [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: EXPERIMENT } }],
              max_results: 500,
              ...(cursor ? { page_token: cursor } : {}),
            }),
          })) as TracePage;
          return { rows: page.traces ?? [], next: page.next_page_token };
        });
        return new Set(traces.map(({ trace_id }) => trace_id.replace(PREFIX, '')));
      };
      return {
        pid: server.pid,
        port,
        apiKey: '-',
        // It has no call that counts.
        countReadable: async () => (await listReadable()).size,
        listReadable,
        stop: () => server.stop(),
      };
    },
  };
}
