/**
 * The index is made by two processes while logs are stored, and both are killed with -9 again and again. Then each request
 * is in exactly one place of the index, and 200 words find what a scan of all rows finds. `npm run faults:search` takes
 * many more rounds.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import { startTestIndexer } from '#tests/support/searchIndex';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { KEY_BYTES } from './repository.ts';

const ROUNDS = Number(process.env.SEARCH_ROUNDS ?? 8);
const BATCHES_OF_ROUND = 2;
const WORDS = 200;
const LIMIT_MS = 60_000 + ROUNDS * 10_000;

let app: TestApp;
let file: string;
beforeAll(async () => {
  app = await startTestApp({ env: { SEARCH_MS: '10000' } });
  // Beside the packages that it needs.
  file = path.resolve('dist', `indexProcess.test-${process.pid}.mjs`);
  await build({
    entryPoints: ['tests/support/indexProcess.ts'],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
  });
}, LIMIT_MS);
afterAll(async () => {
  await app.stop();
  fs.rmSync(file, { force: true });
});

const startIndexing = (): ChildProcess =>
  spawn(process.execPath, [file], { cwd: os.tmpdir(), env: { DATABASE_URL: app.databaseUrl }, stdio: 'ignore' });

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

const word = (number: number) => `w${(number * 7_919 + 13).toString(36)}x`;

test(
  'nothing is lost and nothing is there twice, and 200 words find all that hold them',
  async () => {
    const texts = new Map<string, string>();
    let seed = 3;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const indexing = [startIndexing(), startIndexing()];
    for (let round = 0; round < ROUNDS; round++) {
      for (let batch = 0; batch < BATCHES_OF_ROUND; batch++) {
        const logs = Array.from({ length: 500 }, () => {
          const id = newId();
          const text = Array.from({ length: 5 }, () => word(next(20) === 0 ? next(WORDS) : WORDS + next(10_000))).join(
            ' ',
          );
          texts.set(id, text);
          return { ...aLogInput({ id }), messages: [{ role: 'user', content: text }], response_content: null };
        });
        const { body } = await app.call('POST', '/api/v1/logs', { body: { logs } });
        expect(body.created).toBe(500);
      }
      await sleep(next(400));
      const victim = round % 2;
      await kill(indexing[victim] ?? startIndexing());
      indexing[victim] = startIndexing();
    }
    await Promise.all(indexing.map(kill));
    await sleep(1_200); // The leases of the dead.
    const indexer = startTestIndexer(app);
    await indexer.indexAll();
    await indexer.stop();
    expect(indexer.errors).toEqual([]);

    const places = await listIndexed();
    expect(places.toSorted()).toEqual([...texts.keys()].toSorted());
    const segments = await app.deps.db.query('SELECT sum(rows)::int AS rows FROM search_segments');
    expect(segments[0].rows).toBeGreaterThan(texts.size - 1_024);
    for (let number = 0; number < WORDS; number++) {
      const wanted = [...texts].filter(([, text]) => text.includes(word(number))).map(([id]) => id);
      const { body } = await app.call('GET', `/api/v1/requests?payload=false&limit=200&q=${word(number)}`);
      expect([word(number), body.map(({ id }: { id: string }) => id).toSorted()]).toEqual([
        word(number),
        wanted.toSorted(),
      ]);
    }
  },
  LIMIT_MS,
);

/** The ids of all requests in tails and segments. */
async function listIndexed(): Promise<string[]> {
  const tails: { id: string }[] = await app.deps.db.query('SELECT unnest(ids) AS id FROM search_tails');
  const segments: { keys: Buffer }[] = await app.deps.db.query('SELECT keys FROM search_segments');
  const ids = segments.flatMap(({ keys }) =>
    Array.from({ length: keys.length / KEY_BYTES }, (_, row) =>
      keys.toString('hex', row * KEY_BYTES + 8, (row + 1) * KEY_BYTES),
    ),
  );
  const inSegments = ids
    .filter((id) => !/^0+$/.test(id)) // Of a segment that was filled up.
    .map((id) => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
  return [...tails.map(({ id }) => id), ...inSegments];
}
