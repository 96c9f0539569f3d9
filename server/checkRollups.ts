/**
 * `npm run check-rollups`: works the rollups of every organization out of the requests again, and says where they differ.
 * With `DATABASE_URL` also beside a running server; the embedded database is started for it, so that server is stopped.
 */
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { loadConfig } from '#server/config';
import { createDataSource } from '#server/db/dataSource';
import { startEmbeddedPostgres } from '#server/db/embeddedPostgres';
import { listRollupDifferences } from '#server/rollups/service';

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const embedded = config.databaseUrl === null ? await startEmbeddedPostgres({ dataDir: config.dataDir }) : null;
  const db = createDataSource(config.databaseUrl ?? embedded?.url ?? '', { statementMs: 0 });
  try {
    await db.initialize();
    const admin = serverAdminScope();
    const found = await listRollupDifferences(db, admin, (org_id) => scopeForAdmin(admin, org_id));
    for (const { organization, differences } of found) {
      process.stdout.write(`${organization.name} (${organization.id}): ${differences.length || 'no'} differences\n`);
      for (const { rollup, starts_at, key, counted, kept } of differences) {
        process.stdout.write(`  ${rollup} ${starts_at} ${key}\n    requests: ${counted}\n    rollup:   ${kept}\n`);
      }
    }
    if (found.some(({ differences }) => differences.length > 0)) process.exitCode = 1;
  } finally {
    await db.destroy();
    await embedded?.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
