/** The files of the dashboard: what is sent of them, and what is asked for in vain. */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createPages } from './pages.ts';
import { renderPage } from './staticClient.ts';

const HTML =
  '<meta name="base-path" content="/" /><script src="/theme.js"></script><link href="/assets/a.css" /><a href="https://x.example/">';

test('the page under a sub-path finds its files there', () => {
  expect(renderPage(HTML, '/promptlab')).toBe(
    '<meta name="base-path" content="/promptlab/" /><script src="/promptlab/theme.js"></script><link href="/promptlab/assets/a.css" /><a href="https://x.example/">',
  );
});

test('the page at the root is left as it is', () => {
  expect(renderPage(HTML, '')).toBe(HTML);
});

describe('a built dashboard', () => {
  const dist = fs.mkdtempSync(path.join(os.tmpdir(), 'promptlab-static-'));
  const write = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(dist, name)), { recursive: true });
    fs.writeFileSync(path.join(dist, name), text);
  };
  const LARGE = 'x'.repeat(2_000_000);
  write('client/index.html', '<p>page</p>');
  write('client/assets/a.js', LARGE);
  write('client/assets/a.js.gz', 'smaller');
  write('sdk/index.html', 'links');
  write('sdk/p.whl', 'wheel');
  write('server.js', 'secret');
  let server: http.Server;
  let url = '';

  beforeAll(async () => {
    const serve = createPages({ distFolder: dist, basePath: '' });
    server = http.createServer((req, res) => {
      serve(req, res).catch((error: { status?: number }) => res.writeHead(error.status ?? 500).end());
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // Bound to TCP just now.
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    fs.rmSync(dist, { recursive: true });
  });
  const get = (at: string, headers: Record<string, string> = { 'Accept-Encoding': 'identity' }, method = 'GET') =>
    fetch(url + at, { headers, method });

  test('sends each file with its type, whole whatever range is asked for', async () => {
    const asset = await get('/assets/a.js');
    expect(asset.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await asset.text()).toBe(LARGE);
    for (const range of [
      'bytes=99999999999-',
      'bytes=0-',
      `bytes=${Array.from({ length: 300 }, () => '0-').join(',')}`,
    ]) {
      const whole = await get('/assets/a.js', { 'Accept-Encoding': 'identity', Range: range });
      expect([whole.status, (await whole.text()).length]).toEqual([200, LARGE.length]);
    }
    expect((await get('/assets/a.js', { 'Accept-Encoding': 'identity', 'If-Match': '"x"' })).status).toBe(200);
    expect(await (await get('/sdk/')).text()).toBe('links');
    expect((await get('/sdk/p.whl')).headers.get('cache-control')).toContain('immutable');
  });

  test('sends the page for any path, with 404 where the dashboard has none', async () => {
    const statusOf = async (at: string, method = 'GET') => {
      const answer = await get(at, {}, method);
      expect(await answer.text()).toBe(method === 'HEAD' ? '' : '<p>page</p>');
      return answer.status;
    };
    for (const at of ['/', '/requests?q=a', '/requests/', '/traces/a%2Fb.v2', '/settings/data-health']) {
      expect([at, await statusOf(at)]).toEqual([at, 200]);
    }
    for (const at of ['/healthz', '/metrics', '/.env', '/.git/config', '/requests/a/b']) {
      expect([at, await statusOf(at), await statusOf(at, 'HEAD')]).toEqual([at, 404, 404]);
    }
  });

  /** Without what `fetch` adds to a condition, which asks for the whole. */
  const getIfChanged = (at: string, etag: string) =>
    new Promise<number | undefined>((resolve) => {
      http.get(url + at, { headers: { 'If-None-Match': etag } }, (res) => resolve(res.resume().statusCode));
    });

  test('says that a file has not changed, answers HEAD without a body, and sends what is new', async () => {
    const etag = (await get('/sdk/index.html')).headers.get('etag') ?? '';
    expect(await getIfChanged('/sdk/index.html', etag)).toBe(304);
    const head = await get('/assets/a.js', { 'Accept-Encoding': 'identity' }, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '2000000', '']);
    write('sdk/index.html', 'newer links');
    expect(await getIfChanged('/sdk/index.html', etag)).toBe(200);
    expect(await (await get('/sdk/index.html')).text()).toBe('newer links');
  });

  test.each([
    '/sdk/..%2fserver.js',
    '/assets/..%2f..%2fserver.js',
    '/assets/%2e%2e/%2e%2e/server.js',
    '/..%5cserver.js',
    '/assets/a%00.js',
  ])('%s is no file', async (at) => {
    const answer = await get(at);
    expect(await answer.text()).not.toContain('secret');
    expect([200, 400, 404]).toContain(answer.status);
  });
});
