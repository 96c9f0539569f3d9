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

/** That of the tests in their order, besides those that need a new one: a cluster takes seconds to make. */
const folder = newFolder();
let key = '';
/** A key of that folder; its link is printed until one is used. */
async function ensureKey(server: ServerChild): Promise<string> {
  const url = await untilReady(server);
  key ||= await exchangeCode(url, findLink(server.output())?.code ?? '');
  return url;
}

test('of starts at one instant one serves and the others say why not, also after a kill -9', async () => {
  for (const [round, signal] of [
    ['new', 'SIGKILL'],
    ['left by a kill -9', 'SIGTERM'],
  ] as const) {
    const servers = Array.from({ length: 3 }, () => start(folder));
    await poll(async () => {
      expect([round, servers.filter((server) => server.exit() === 1).length, servers.filter(isReady).length]).toEqual([
        round,
        2,
        1,
      ]);
    }, 60_000);
    for (const server of servers.filter((one) => !isReady(one))) expect(server.output()).toMatch(IN_USE);
    await servers.find(isReady)?.kill(signal);
  }
  await expectNoPostgres(folder);
});

/** Where this user may not make containers, plain processes: one folder is all that counts. */
const command = canContain() ? CONTAINER : [];

test('a second container on the volume is refused, and goes on at once when the first was killed', async () => {
  const first = start(folder, { command });
  const url = await ensureKey(first);

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
  const server = start(folder);
  const url = await ensureKey(server);
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

describe('a start that is interrupted', () => {
  /** Of all of them, so that each meets what the one before has left. `npm run faults` sends each signal at any moment. */
  const interrupted = newFolder();
  const isMadeUp = (startedAt: number) => {
    const base = fs.statSync(path.join(interrupted, 'postgres.new', 'base'), { throwIfNoEntry: false });
    return base !== undefined && base.birthtimeMs > startedAt;
  };
  const isStarting = () => fs.existsSync(path.join(interrupted, 'postgres', 'postmaster.pid'));

  test.each([
    ['SIGTERM', 'while the cluster is made', isMadeUp],
    ['SIGKILL', 'while the cluster is made', isMadeUp],
    ['SIGINT', 'while Postgres starts', isStarting],
  ] as const)('by %s %s ends, and leaves nothing that stops the next', async (signal, _, isThen) => {
    const startedAt = Date.now();
    const server = start(interrupted);
    await poll(async () => expect(isThen(startedAt)).toBe(true), 30_000);
    const toldAt = performance.now();
    await server.kill(signal);
    expect(performance.now() - toldAt).toBeLessThan(8_000);
    expect(server.output()).not.toMatch(/cannot start|is ready/);
    if (signal !== 'SIGKILL') await expectNoPostgres(interrupted);
  });

  test('is made good by the next one that is not', async () => {
    const next = start(interrupted);
    await untilReady(next);
    expect(findLink(next.output())).not.toBeNull();
    await next.kill('SIGTERM');
    expect(next.exit()).toBe(0);
    await expectNoPostgres(interrupted);
  });
});

describe('the password of a database that exists', () => {
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
