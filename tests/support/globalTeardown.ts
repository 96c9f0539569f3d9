import fs from 'node:fs';

export default async function globalTeardown(): Promise<void> {
  const started = globalThis.__testPostgres;
  if (!started) return;
  await started.postgres.stop('immediate');
  fs.rmSync(started.dataDir, { recursive: true, force: true });
}
