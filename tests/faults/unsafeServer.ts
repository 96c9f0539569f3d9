/** A server that answers before its rows are safe. Only for the negative control of the fault tests. */
import path from 'node:path';
import { createListener } from '#server/app';
import { loadConfig } from '#server/config';
import { migrate } from '#server/db/migrate';
import { createDeps } from '#server/deps';
import { offerFirstSignIn, signInLink } from '#server/bootstrap';
import { listen } from '#server/http/listen';
import { createLogger } from '#server/log';

const config = loadConfig(process.env);
const databaseUrl = config.databaseUrl ?? '';
const deps = createDeps({ config, log: createLogger('silent'), databaseUrl, synchronousCommit: 'off' });
await migrate(databaseUrl);
await deps.db.initialize();
const code = await offerFirstSignIn(deps);
deps.readiness.becomeReady();
const { port } = await listen(createListener(deps, { distFolder: path.resolve('dist') }), config);
const url = `http://localhost:${port}`;
process.stdout.write(`PromptLab (unsafe) is ready at ${url}\n${code === null ? '' : signInLink(url, code)}\n`);
