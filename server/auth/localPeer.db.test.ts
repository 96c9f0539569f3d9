/** The programs of this machine that may stand between a stranger and an admin call, run for real. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createListener } from '#server/app';
import { listen, type Listener } from '#server/http/listen';
import { freePort } from '#server/db/freePort';
import { startTestApp, type TestApp } from '#tests/support/testApp';

const PATH = '/api/v1/admin/organizations';
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

let app: TestApp;
let local: Listener;
const children: ChildProcess[] = [];
beforeAll(async () => {
  app = await startTestApp();
  local = await listen(createListener(app.deps, { distFolder: 'dist' }), {
    host: 'localhost',
    port: 0,
    maxConnections: 100,
  });
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await local.close(0);
  await app.stop();
});

/** What curl sends, by a process of its own; prints the status and the message. */
const CLIENT = `
  const [, host, port, ours] = process.argv;
  const socket = require('net').connect(Number(port), host, () => socket.write(
    'GET ${PATH} HTTP/1.1\\r\\nHost: localhost:' + ours + '\\r\\nAccept: */*\\r\\nUser-Agent: curl/8.5.0\\r\\n\\r\\n'));
  let text = '';
  socket.on('data', (chunk) => { text += chunk; if (/\\r\\n\\r\\n./.test(text)) { console.log(text); process.exit(0); } });
  socket.on('error', (error) => { console.log(String(error)); process.exit(1); });
`;

function callAs(options: { host?: string; port?: number; uid?: number }): Promise<string> {
  const { host = '127.0.0.1', port = local.port, uid } = options;
  const program = ['-e', CLIENT, '--', host, String(port), String(local.port)];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      program,
      { timeout: 10_000, env: {}, cwd: '/', ...(uid === undefined ? {} : { uid, gid: uid }) },
      (_, stdout) => resolve(stdout),
    );
  });
}

/** Passes bytes on, as `ssh -R`, `socat` and `kubectl port-forward` do. */
const FORWARDER = `
  const net = require('net');
  const [, host, port, to, once] = process.argv;
  const server = net.createServer((a) => {
    if (once) server.close();
    const b = net.connect(Number(to), '127.0.0.1');
    a.pipe(b).pipe(a);
    a.on('error', () => {});
    b.on('error', () => {});
  }).listen(Number(port), host, () => console.log('ready'));
`;

async function startForwarder(host: string, once = ''): Promise<number> {
  const port = await freePort();
  const program = ['-e', FORWARDER, '--', host, String(port), String(local.port), once];
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return port;
}

test.each(['127.0.0.1', '::1'])('another program of the same user is let in on %s', async (host) => {
  expect(await callAs({ host })).toMatch(/^HTTP\/1\.1 200 /);
});

test.each([
  ['that everybody can reach', '0.0.0.0', '', /other machines/],
  ['that this machine alone can reach', '127.0.0.1', '', /serves other programs/],
  ['for one connection', '127.0.0.1', 'once', /serves other programs/],
])('a forwarder of the same user %s is refused', async (_, host, once, reason) => {
  const answer = await callAs({ port: await startForwarder(host, once) });
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer).toMatch(reason);
  expect(answer).toMatch(/PROMPTLAB_ADMIN_TOKEN/);
});

// Only root may start a program as somebody else.
(isRoot ? describe : describe.skip)('as root', () => {
  test('a program of another user is refused', async () => {
    const answer = await callAs({ uid: NOBODY });
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toMatch(/another user/);
  });

  test('a program of another user is refused also where it hangs up before it is looked for', async () => {
    const body = '{"name":"From nobody"}';
    const program = `
    const socket = require('net').connect(${local.port}, '127.0.0.1', () => {
      socket.write('POST ${PATH} HTTP/1.1\\r\\nHost: localhost:${local.port}\\r\\nContent-Type: application/json\\r\\n' +
        'Content-Length: ${body.length}\\r\\n\\r\\n${body}', () => process.exit(0));
    });`;
    for (let attempt = 0; attempt < 10; attempt++) {
      await new Promise((resolve) => {
        execFile(process.execPath, ['-e', program], { uid: NOBODY, gid: NOBODY, cwd: '/', env: {} }, resolve);
      });
    }
    expect((await callAs({})).includes('From nobody')).toBe(false);
    const rows = await app.deps.db.query("SELECT FROM organizations WHERE name = 'From nobody'");
    expect(rows).toHaveLength(0);
  });
});
