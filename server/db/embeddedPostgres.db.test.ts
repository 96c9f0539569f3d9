/** The Postgres that comes with PromptLab, seen from outside: one folder, one server, and nothing lost. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#server/ids';
import { startEmbeddedPostgres } from '#server/db/embeddedPostgres';
import { DataFolderInUseError } from '#server/db/folderLock';
import { isPostgresByLsof, isPostgresOf } from '#server/db/orphanPostgres';
import { freePort } from './freePort.ts';
import { aLogInput } from '#tests/support/factories';
import { poll } from '#tests/support/poll';
import { type ServerChild, untilReady } from '#tests/support/serverChild';
import { buildSpawnedServer, endSpawnedServers, spawnServer } from '#tests/support/spawnServer';
import { exchangeCode, findLink } from '#tests/support/signInByLink';
import { makeDataDir } from '#tests/support/startProduct';
import { call } from '#tests/support/testApp';

const START_MS = 60_000;
jest.setTimeout(START_MS);

const dataDir = makeDataDir();
let apiKey = '';
const start = (env: Record<string, string> = {}) => spawnServer({ PROMPTLAB_DATA_DIR: dataDir, ...env });
/** The process id of the Postgres in the folder. */
const postmaster = () =>
  Number(fs.readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
const kept = newId();

/** False also for a process that has ended and that nobody has asked about yet. */
function isRunning(pid: number): boolean {
  try {
    if (process.platform !== 'linux') return process.kill(pid, 0);
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** A program that does nothing, under that name and in that folder. */
function runAs(name: string, cwd: string): ChildProcess {
  const program = path.join(programs, name);
  if (!fs.existsSync(program)) fs.copyFileSync('/bin/sleep', program);
  return spawn(program, ['60'], { cwd, stdio: 'ignore' });
}

const programs = fs.mkdtempSync(path.join(os.tmpdir(), 'promptlab-programs-'));
const hasProgram = (name: string) => spawnSync(name, ['-v'], { stdio: 'ignore' }).error === undefined;

beforeAll(buildSpawnedServer);
afterAll(async () => {
  await endSpawnedServers();
  // A failed test may have left its Postgres behind: a start takes it over, and its stop ends it.
  await poll(async () => {
    const postgres = await startEmbeddedPostgres({ dataDir });
    await postgres.stop('immediate');
  });
  for (const folder of [dataDir, programs]) fs.rmSync(folder, { recursive: true, force: true });
});

async function expectKept(url: string): Promise<void> {
  const read = await call(`${url}/api/v1/requests/${kept}`, 'GET', { key: apiKey });
  expect(read.status).toBe(200);
}

// The tests of this file are the life of one folder, in order.
test('while no key was used each start prints a link, whose code opens a key that works, once', async () => {
  const unused = start();
  await untilReady(unused);
  const earlier = findLink(unused.output());
  await unused.kill('SIGTERM');

  const used = start();
  const at = await untilReady(used);
  expect(used.output().match(/#key=/g)).toHaveLength(1);
  const { link, code } = findLink(used.output()) ?? { link: '', code: '' };
  expect(link).toBe(`${at}/#key=${code}`);
  expect(code).not.toBe(earlier?.code);
  apiKey = await exchangeCode(at, code);
  expect(apiKey).toMatch(/^pl_live_[0-9A-Za-z]{43}$/);
  expect(used.output()).not.toContain(apiKey);
  await expect(exchangeCode(at, code)).rejects.toThrow('invalid_sign_in_code');
  const stored = await call(`${at}/api/v1/logs`, 'POST', { key: apiKey, body: aLogInput({ id: kept }) });
  expect(stored.status).toBe(201);

  await used.kill('SIGTERM');
  expect(used.exit()).toBe(0);
  expect(fs.existsSync(path.join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  expect(fs.existsSync(path.join(dataDir, 'server.pid'))).toBe(false);
});

/** Of the tests from here on, until one ends it. */
let server: ServerChild;
let url = '';

test('after a restart the data is there and no key is shown', async () => {
  server = start();
  url = await untilReady(server);
  await expectKept(url);
  expect(server.output()).not.toContain('#key=');

  const second = start();
  await second.ended;
  expect(second.exit()).toBe(1);
  expect(second.output().trim().split('\n')).toEqual([
    expect.stringMatching(
      new RegExp(
        `^PromptLab cannot start\\. The data folder ${dataDir} is in use by another PromptLab \\(process ${server.pid}\\)\\. Stop it first, or set PROMPTLAB_DATA_DIR to another folder\\.$`,
      ),
    ),
  ]);
  // The first one did not notice.
  await expectKept(url);
});

test('a Postgres that dies is started again, and the server goes on with what was stored', async () => {
  const before = postmaster();
  process.kill(before, 'SIGKILL');
  await poll(async () => {
    const again = await call(`${url}/api/v1/logs`, 'POST', { key: apiKey, body: aLogInput() });
    expect(again.status).toBe(201);
    expect(postmaster()).not.toBe(before);
  });
  await expectKept(url);
});

test('after a kill -9 of the server a start takes over the Postgres that was left, and the data is there', async () => {
  const orphan = postmaster();
  await server.kill('SIGKILL');
  expect(isRunning(orphan)).toBe(true);

  server = start();
  await expectKept(await untilReady(server));
  expect(postmaster()).not.toBe(orphan);
  expect(isRunning(orphan)).toBe(false);
});

test('after a kill -9 of both a start recovers', async () => {
  const orphan = postmaster();
  await server.kill('SIGKILL');
  process.kill(orphan, 'SIGKILL');
  server = start();
  await expectKept(await untilReady(server));
  await server.kill('SIGINT');
  expect(server.exit()).toBe(0);
});

test('a process id that another program has now does not lock the folder, and that program gets no signal', async () => {
  // A program of that very name, as the Postgres of somebody else would be.
  const stranger = runAs('postgres', os.tmpdir());
  try {
    fs.writeFileSync(path.join(dataDir, 'server.pid'), `${process.pid}\n\n`);
    fs.writeFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), `${stranger.pid}\n${dataDir}/postgres\n`);
    server = start();
    await expectKept(await untilReady(server));
    await server.kill('SIGTERM');
    expect(isRunning(stranger.pid ?? 0)).toBe(true);
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('a process is taken for our Postgres by its program and its working folder, by either way to ask', async () => {
  const cluster = path.join(dataDir, 'postgres');
  const processes = [
    [runAs('postgres', cluster), true],
    [runAs('postgres', os.tmpdir()), false],
    [runAs('sleep', cluster), false],
  ] as const;
  try {
    await sleep(100); // The folder is theirs once they have become their program.
    for (const [{ pid = 0 }, expected] of processes) {
      expect(isPostgresOf(pid, cluster)).toBe(expected);
      // As macOS asks; a machine without lsof says "no" to all.
      expect(isPostgresByLsof(pid, cluster)).toBe(expected && hasProgram('lsof'));
    }
  } finally {
    for (const [child] of processes) child.kill('SIGKILL');
  }
});

test('the password of the database is for its owner alone', () => {
  const mode = fs.statSync(path.join(dataDir, 'postgres.password')).mode & 0o777;
  expect(mode.toString(8)).toBe('600');
});

test('a folder that this process uses is refused as well', async () => {
  const postgres = await startEmbeddedPostgres({ dataDir });
  try {
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(DataFolderInUseError);
  } finally {
    await postgres.stop('immediate');
  }
});

describe('a start that cannot be says why in one line and ends with 1', () => {
  test.each([
    ['API_KEY_PREFIX', 'no prefix', /API_KEY_PREFIX must be letters/],
    ['HOST', '203.0.113.7', /HOST 203\.0\.113\.7 is not an address of this machine/],
  ])('%s=%s', async (name, value, line) => {
    const server = spawnServer({ DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing', [name]: value });
    await server.ended;
    expect(server.exit()).toBe(1);
    const lines = server.output().trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^PromptLab cannot start\. /);
    expect(lines[0]).toMatch(line);
  });

  test.each(['127.0.0.1', '::1'])('a port that is taken on %s', async (address) => {
    const taken = net.createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => taken.listen(port, address, resolve));
    try {
      const server = spawnServer({ DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing', PORT: String(port) });
      await server.ended;
      expect(server.exit()).toBe(1);
      expect(server.output().trim()).toBe(
        `PromptLab cannot start. Port ${port} is in use by another program: stop it, or set PORT to another one.`,
      );
    } finally {
      taken.close();
    }
  });
});

test('a server without its database is up, and stops with 0 when it is told to', async () => {
  const port = await freePort();
  const server = spawnServer({
    DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/nothing`,
    PORT: String(port),
  });
  await poll(async () => expect((await call(`http://127.0.0.1:${port}/health`, 'GET', {})).status).toBe(200), 20_000);
  await server.kill('SIGTERM');
  expect(server.exit()).toBe(0);
  expect(server.output()).not.toMatch(/cannot start|is ready/);
});
