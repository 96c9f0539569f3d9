/** Requests that overlap, in the real workerd. Prints how many records were stored, and how long the requests took. */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

const [, , way, flags = ''] = process.argv;
const stored = new Set();
const receive = async (req, res) => {
  let text = '';
  for await (const part of req) text += part;
  // As a PromptLab far away: the answer comes while other requests begin and end.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { logs } = JSON.parse(text);
  for (const { id } of logs) stored.add(id);
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify({ results: logs.map(({ id }, index) => ({ index, id, status: 'created' })) }));
};
const lab = createServer((req, res) => void receive(req, res));
await new Promise((resolve) => lab.listen(0, '127.0.0.1', resolve));

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('worker.mjs', import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
  conditions: ['worker', 'browser'],
  alias: { promptlab: process.env.PROMPTLAB_BUILD.replace('cjs/index.cjs', 'esm/index.js') },
  external: ['node:*', 'cloudflare:*'],
});
const printed = [];
const miniflare = new Miniflare({
  modules: true,
  script: outputFiles[0].text,
  compatibilityDate: '2025-12-01',
  compatibilityFlags: flags ? [flags] : [],
  bindings: { LAB_URL: `http://127.0.0.1:${lab.address().port}` },
  handleRuntimeStdio(stdout, stderr) {
    for (const stream of [stdout, stderr]) stream.on('data', (data) => printed.push(data.toString()));
  },
});
const url = await miniflare.ready;
const ask = async (n) => {
  const started = performance.now();
  const answer = await fetch(new URL(`/${way}?n=${n}`, url));
  return { ms: performance.now() - started, status: answer.status, text: await answer.text() };
};
const until = async (count) => {
  for (let i = 0; i < 60 && stored.size < count; i++) await new Promise((resolve) => setTimeout(resolve, 50));
  return stored.size;
};
const answers = [];
for (let n = 0; n < 20; n++) {
  answers.push(ask(n));
  await new Promise((resolve) => setTimeout(resolve, 40));
}
const all = await Promise.all(answers);
const together = await until(20);
const later = await ask('later');
const total = await until(21);
const result = {
  together,
  total,
  slowestMs: Math.max(later.ms, ...all.map(({ ms }) => ms)),
  statuses: [...new Set([...all, later].map(({ status }) => status))],
  answer: later.text,
  printed: printed.join(''),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
await miniflare.dispose();
lab.closeAllConnections();
lab.close();
