/** Run as a process of its own: a provider and a PromptLab that take all and think nothing. Prints their ports. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const WORDS = 'The quick brown fox jumps over the lazy dog and is back before it is noticed. '.repeat(6);
const ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-4o-mini',
  choices: [
    { index: 0, message: { role: 'assistant', content: WORDS, refusal: null }, logprobs: null, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
});
const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const STREAM =
  chunk({ role: 'assistant', content: '' }) +
  chunk({ content: 'word ' }).repeat(20) +
  chunk({}, 'stop') +
  'data: [DONE]\n\n';

const provider = createServer((req, res) => {
  void readAll(req).then((body) => {
    // The name of the model says how long it thinks; one that takes no time shows the costs alone.
    const [, delayMs] = /"model":"after-(\d+)-ms"/.exec(body) ?? [];
    if (delayMs) setTimeout(() => answer(res), Number(delayMs));
    else if (body.includes('"stream":true')) res.writeHead(200, { 'content-type': 'text/event-stream' }).end(STREAM);
    else answer(res);
  });
});

function answer(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
}

let open = 0;
let sockets = 0;
const lab = createServer((req, res) => {
  if (req.url === '/stats') return void res.end(JSON.stringify({ sockets }));
  if (req.url?.startsWith('/hang')) return;
  // Read and thrown away: this process is the provider too, and must not be slowed down by its own record keeping.
  req.resume().on('end', () => res.writeHead(201, { 'content-type': 'application/json' }).end(ACCEPTED));
});
lab.on('connection', (socket) => {
  sockets = Math.max(sockets, ++open);
  socket.on('close', () => open--);
});

const ACCEPTED = JSON.stringify({
  created: 1_000,
  duplicate: 0,
  rejected: 0,
  results: Array.from({ length: 1_000 }, (_, index) => ({ index, id: null, status: 'created' })),
});

for (const server of [provider, lab]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
process.stdout.write(`${JSON.stringify([provider, lab].map((server) => (server.address() as AddressInfo).port))}\n`);
process.on('disconnect', () => process.exit(0));

async function readAll(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of req) text += String(part).slice(0, 2_000_000);
  return text;
}
