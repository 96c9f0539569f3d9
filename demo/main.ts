/**
 * `npm run demo`: fills an organization of its own with believable requests, by the write path that
 * serves the API. Run beside a server, it writes into that server's database.
 */
import { parseArgs } from 'node:util';
import type { LogInput } from '#shared/request';
import type { SpanInput } from '#shared/trace';
import { ensureKeyWithoutSecret } from '#server/apiKeys/service';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { loadConfig } from '#server/config';
import { attachEmbeddedPostgres } from '#server/db/embeddedPostgres';
import { migrate } from '#server/db/migrate';
import { closeDeps, createDeps, type Deps } from '#server/deps';
import { signInLink } from '#server/bootstrap';
import { acceptLogs } from '#server/ingest/acceptLogs';
import { acceptSpans } from '#server/ingest/acceptSpans';
import { createLogger } from '#server/log';
import { createOrganization, listOrganizations } from '#server/organizations/service';
import { offerSignIn } from '#server/signIn/service';
import { Progress } from './progress.ts';
import { generateDemo } from './demoRequests.ts';

const ORGANIZATION = 'Demo';
const KEY = 'Demo key';
const BATCH = 500;
const USAGE = 'npm run demo -- [--requests 5000] [--days 30] [--seed 1]';

async function main(): Promise<void> {
  const options = readOptions();
  const config = loadConfig({ ...process.env, LOG_LEVEL: 'warn' });
  const postgres =
    config.databaseUrl === null
      ? await attachEmbeddedPostgres({ dataDir: config.dataDir })
      : { url: config.databaseUrl, stop: async () => {} };
  await migrate(postgres.url);
  const deps = createDeps({ config, log: createLogger('warn'), databaseUrl: postgres.url });
  await deps.db.initialize();
  const code = await fill(deps, options);
  await closeDeps(deps);
  await postgres.stop();
  const link = signInLink(`http://localhost:${config.port}${config.basePath}`, code);
  process.stdout.write(
    `\nThe organization "${ORGANIZATION}" is filled. With the server running, open this link; it is good once, for an hour:\n\n  ${link}\n\n`,
  );
}

function readOptions(): { requests: number; days: number; seed: number } {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '5000' },
      days: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
    },
  });
  const options = { requests: Number(values.requests), days: Number(values.days), seed: Number(values.seed) };
  if (Object.values(options).some((value) => !Number.isInteger(value) || value < 1)) {
    throw new Error(`Each option takes a whole number above 0. ${USAGE}`);
  }
  return options;
}

/** @returns the code of a link that signs in to the filled organization. */
async function fill(deps: Deps, options: { requests: number; days: number; seed: number }): Promise<string> {
  const admin = serverAdminScope();
  const known = (await listOrganizations(deps, admin)).find(({ name }) => name === ORGANIZATION);
  const { id: org_id } = known ?? (await createOrganization(deps, admin, { name: ORGANIZATION }));
  const scope = scopeForAdmin(admin, org_id);
  const { id: api_key_id } = await ensureKeyWithoutSecret(deps, scope, KEY);
  const sender = { scope, api_key_id };

  const progress = new Progress({ total: options.requests, unit: 'requests' });
  let logs: LogInput[] = [];
  let spans: SpanInput[] = [];
  const flush = async () => {
    const result = await acceptLogs(deps, sender, logs);
    await acceptSpans(deps, sender, spans);
    const refused = result.results.find((receipt) => receipt.error);
    if (refused?.error) throw new Error(`A demo request was refused: ${refused.error.message}`);
    progress.add(logs.length);
    logs = [];
    spans = [];
  };
  for (const item of generateDemo({ ...options, now: deps.clock() })) {
    if ('log' in item) logs.push(item.log);
    else spans.push(item.span);
    if (logs.length === BATCH || spans.length === BATCH) await flush();
  }
  await flush();
  progress.end();
  return offerSignIn(deps, scope, KEY);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
