/**
 * `npm run migration -- region`: writes the migration that takes the database from the newest migration to the entities
 * as they are now, and adds it to the list. It compares them in a Postgres of its own. Read what it wrote.
 */
import fs from 'node:fs';
import path from 'node:path';
import { createDataSource } from '#server/db/dataSource';
import { startEmbeddedPostgres } from '#server/db/embeddedPostgres';
import { migrate } from '#server/db/migrate';
import { makeDataDir } from '#tests/support/startProduct';

const FOLDER = path.resolve(import.meta.dirname, '..', 'server', 'db', 'migrations');
const LIST = path.join(FOLDER, 'index.ts');

async function main(name: string | undefined): Promise<void> {
  if (name === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new Error('Name the migration in small letters, such as: npm run migration -- row-sizes');
  }
  const { up, down } = await compareSchema();
  if (up.length === 0) throw new Error('The migrations make what the entities say: there is nothing to do.');
  // The next after the last: numbers may have been left out.
  const numbers = fs.readdirSync(FOLDER).map((file) => Number(/^\d{4}(?=-)/.exec(file)?.[0] ?? 0));
  const number = Math.max(...numbers) + 1;
  const file = `${String(number).padStart(4, '0')}-${name}.ts`;
  const className = `${name.replaceAll(/(^|-)(.)/g, (_, _dash, letter: string) => letter.toUpperCase())}${Date.now()}`;
  fs.writeFileSync(path.join(FOLDER, file), migrationText(className, { up, down }));
  const list = fs.readFileSync(LIST, 'utf8');
  fs.writeFileSync(
    LIST,
    list
      .replace(/\n\n\/\*\*/, `\nimport { ${className} } from './${file}';\n\n/**`)
      .replace(/\n\];/, `\n  ${className},\n];`),
  );
  process.stdout.write(`server/db/migrations/${file}\n${up.map((sql) => `  ${sql}\n`).join('')}`);
}

async function compareSchema(): Promise<{ up: string[]; down: string[] }> {
  const dataDir = makeDataDir();
  const postgres = await startEmbeddedPostgres({ dataDir });
  try {
    await migrate(postgres.url);
    const db = await createDataSource(postgres.url).initialize();
    const { upQueries, downQueries } = await db.driver.createSchemaBuilder().log();
    await db.destroy();
    // What is undone last was done first.
    return { up: upQueries.map(({ query }) => query), down: downQueries.map(({ query }) => query).toReversed() };
  } finally {
    await postgres.stop('immediate');
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

function migrationText(className: string, { up, down }: { up: string[]; down: string[] }): string {
  const run = (queries: string[]) => queries.map((sql) => `    await runner.query(${quote(sql)});\n`).join('');
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className} implements MigrationInterface {
  name = '${className}';

  async up(runner: QueryRunner): Promise<void> {
${run(up)}  }

  async down(runner: QueryRunner): Promise<void> {
${run(down)}  }
}
`;
}

function quote(sql: string): string {
  return sql.includes("'") ? `\`${sql.replaceAll(/[\\`$]/g, '\\$&')}\`` : `'${sql.replaceAll('\\', '\\\\')}'`;
}

await main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
