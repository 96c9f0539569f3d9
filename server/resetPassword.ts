/** `npm run reset-password`: a new password for the embedded database, where the file that held it was lost. */
import { loadConfig } from '#server/config';
import { resetEmbeddedPassword } from '#server/db/embeddedPostgres';

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const folder = await resetEmbeddedPassword(config.dataDir);
  process.stdout.write(`The database in ${folder} has a new password, which is in postgres.password beside it.\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
