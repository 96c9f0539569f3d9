/** One data folder, one server, whatever the instant, the container and the signal. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { tryLockCluster } from '#server/db/folderLock';
import { aLogInput } from '#tests/support/factories';
import { poll } from '#tests/support/poll';
import { exchangeCode, findLink } from '#tests/support/signInByLink';
import { type ServerChild, untilReady } from '#tests/support/serverChild';
import { buildSpawnedServer, canContain, CONTAINER, endSpawnedServers, spawnServer } from '#tests/support/spawnServer';
import { makeDataDir } from '#tests/support/startProduct';
import { call } from '#tests/support/testApp';

jest.setTimeout(90_000);

const folders: string[] = [];
const newFolder = () => {
  const folder = makeDataDir();
  folders.push(folder);
  return folder;
};
const start = (folder: string, more: { command?: readonly string[] } = {}) =>
  spawnServer({ PROMPTLAB_DATA_DIR: folder }, more);
const IN_USE = /^PromptLab cannot start\. The data folder \S+ is in use by another PromptLab/;
const isReady = (server: ServerChild) => server.url() !== undefined;

beforeAll(buildSpawnedServer);
afterAll(async () => {
  await endSpawnedServers();
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

/** Nothing of a Postgres is left: its lock would be taken. */
async function expectNoPostgres(folder: string): Promise<void> {
  await poll(async () => {
    const lock = tryLockCluster(folder);
    expect(lock).not.toBeNull();
    lock?.release();
  });
}

test('of starts at one instant one serves and the others say why not, also after a kill -9', async () => {
  const folder = newFolder();
  for (const round of ['new', 'left by a kill -9']) {
    const servers = Array.from({ length: 4 }, () => start(folder));
    await poll(async () => {
      expect([round, servers.filter((server) => server.exit() === 1).length, servers.filter(isReady).length]).toEqual([
        round,
        3,
        1,
      ]);
    }, 60_000);
    for (const server of servers.filter((one) => !isReady(one))) expect(server.output()).toMatch(IN_USE);
    await servers.find(isReady)?.kill('SIGKILL');
  }
  const last = start(folder);
  await untilReady(last);
  await last.kill('SIGTERM');
  await expectNoPostgres(folder);
});

/** Where this user may not make containers, plain processes: one folder is all that counts. */
const command = canContain() ? CONTAINER : [];

test('a second container on the volume is refused, and goes on at once when the first was killed', async () => {
  const folder = newFolder();
  const first = start(folder, { command });
  const url = await untilReady(first);
  const key = await exchangeCode(url, findLink(first.output())?.code ?? '');

  const second = start(folder, { command });
  await second.ended;
  expect(second.exit()).toBe(1);
  expect(second.output()).toMatch(IN_USE);
  expect((await call(`${url}/api/v1/logs`, 'POST', { key, body: aLogInput() })).status).toBe(201);

  await first.kill('SIGKILL');
  const third = start(folder, { command });
  const again = await untilReady(third);
  const listed = await call(`${again}/api/v1/requests?limit=10`, 'GET', { key });
  expect(listed.body).toHaveLength(1);
  await third.kill('SIGKILL');

  const outside = start(folder);
  await untilReady(outside);
  await outside.kill('SIGTERM');
  await expectNoPostgres(folder);
});

test('a server whose folder is taken from it acknowledges nothing more and ends', async () => {
  const folder = newFolder();
  const server = start(folder);
  const url = await untilReady(server);
  const key = await exchangeCode(url, findLink(server.output())?.code ?? '');
  const send = () =>
    call(`${url}/api/v1/logs`, 'POST', { key, body: aLogInput() }).then(
      ({ status }) => status,
      () => null,
    );
  expect(await send()).toBe(201);
  fs.rmSync(path.join(folder, 'server.pid'));
  const answers = await Promise.all(Array.from({ length: 20 }, send));
  expect(answers.filter((status) => status !== null && status < 300)).toEqual([]);
  await server.ended;
  expect(server.exit()).toBe(1);
  expect(server.output().trim().split('\n').at(-1)).toBe(
    `PromptLab stops. The data folder ${folder} was removed or replaced while it was in use.`,
  );
  await expectNoPostgres(folder);
});

/** `npm run faults` sends each signal at any moment. */
const isMadeUp = (folder: string) => fs.existsSync(path.join(folder, 'postgres.new', 'base'));
const isStarting = (folder: string) => fs.existsSync(path.join(folder, 'postgres', 'postmaster.pid'));

test.each([
  ['SIGTERM', 'while the cluster is made', isMadeUp],
  ['SIGINT', 'while Postgres starts', isStarting],
  ['SIGKILL', 'while the cluster is made', isMadeUp],
] as const)('%s %s ends the start, and the next one works', async (signal, _, isThen) => {
  const folder = newFolder();
  const server = start(folder);
  await poll(async () => expect(isThen(folder)).toBe(true), 30_000);
  const toldAt = performance.now();
  await server.kill(signal);
  expect(performance.now() - toldAt).toBeLessThan(8_000);
  expect(server.output()).not.toMatch(/cannot start|is ready/);
  if (signal !== 'SIGKILL') await expectNoPostgres(folder);
  const next = start(folder);
  await untilReady(next);
  expect(findLink(next.output())).not.toBeNull();
  await next.kill('SIGTERM');
  expect(next.exit()).toBe(0);
  await expectNoPostgres(folder);
});

describe('the password of a database that exists', () => {
  const folder = makeDataDir();
  folders.push(folder);
  const file = path.join(folder, 'postgres.password');

  test.each([
    ['is missing', () => fs.rmSync(file), /postgres\.password with its password is missing or empty: .*reset-password/],
    ['is empty', () => fs.writeFileSync(file, ''), /is missing or empty/],
    [
      'is another',
      () => fs.writeFileSync(file, 'not-this-one'),
      /is not that of the database beside it: .*reset-password/,
    ],
  ])('that %s ends the start in one line, and is not replaced', async (_, harm, line) => {
    if (!fs.existsSync(file)) {
      const first = start(folder);
      await untilReady(first);
      await first.kill('SIGTERM');
    }
    const good = fs.readFileSync(file, 'utf8');
    harm();
    const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
    const server = start(folder);
    await server.ended;
    expect(server.exit()).toBe(1);
    expect(server.output().trim().split('\n')).toEqual([expect.stringMatching(line)]);
    expect(fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null).toBe(before);
    await expectNoPostgres(folder);
    fs.writeFileSync(file, good, { mode: 0o600 });
  });

  test('is reset by `npm run reset-password`, and not while a server runs', async () => {
    fs.rmSync(file);
    const env = { ...process.env, PROMPTLAB_DATA_DIR: folder };
    const reset = () => spawnSync('npm', ['run', '--silent', 'reset-password'], { env, encoding: 'utf8' });
    expect(reset()).toMatchObject({ status: 0, stdout: expect.stringContaining('has a new password') });
    const server = start(folder);
    await untilReady(server);
    const refused = reset();
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/is in use by another PromptLab/);
    await server.kill('SIGTERM');
    expect((fs.statSync(file).mode & 0o777).toString(8)).toBe('600');
  });
});
