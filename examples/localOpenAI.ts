/**
 * A small server that speaks the OpenAI API on this machine: no key, no internet, no cost. It lets the examples make real
 * calls with the real `openai` package.
 *
 * The answer is made from the question. A model named `fail-429`, `fail-500`, `fail-400` … fails with that status.
 * A call with tools is answered with a tool call, until a tool result is among its messages.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalOpenAI {
  /** The base URL for `new OpenAI({ baseURL })`. */
  readonly baseURL: string;
  close(): Promise<void>;
}

type Json = { [key: string]: unknown };

/** `delayMs`: the time the model "thinks", and a tenth of it between two pieces of a stream. */
export async function startLocalOpenAI({
  port = 0,
  delayMs = 120,
}: { port?: number; delayMs?: number } = {}): Promise<LocalOpenAI> {
  const server = createServer((req, res) => {
    void answer(req, res, delayMs).catch((error: unknown) => {
      if (!res.headersSent) sendError(res, 500, String(error));
      else res.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () => closeServer(server),
  };
}

async function answer(req: IncomingMessage, res: ServerResponse, delayMs: number): Promise<void> {
  const path = (req.url ?? '').split('?')[0] ?? '';
  const body = await readBody(req);
  res.setHeader('x-request-id', `req_${nextId()}`);
  const failure = /^fail-(\d{3})$/.exec(textOf(body.model))?.[1];
  if (failure !== undefined) return sendError(res, Number(failure), `The model "${textOf(body.model)}" always fails.`);
  await pause(delayMs);
  const respond = ROUTES[`${req.method ?? ''} ${path}`];
  if (!respond) return sendError(res, 404, `No such endpoint: ${req.method ?? ''} ${path}`);
  await respond(body, res, delayMs / 10);
}

type Respond = (body: Json, res: ServerResponse, pieceMs: number) => void | Promise<void>;

const ROUTES: Readonly<Record<string, Respond>> = {
  'POST /v1/chat/completions': answerChat,
  'POST /v1/responses': answerResponses,
  'POST /v1/embeddings': answerEmbeddings,
  'POST /v1/moderations': (body, res) =>
    sendJson(res, {
      id: `modr-${nextId()}`,
      model: body.model,
      results: [{ flagged: false, categories: {}, category_scores: {} }],
    }),
  'GET /v1/models': (_, res) => sendJson(res, { object: 'list', data: [{ id: 'gpt-4o-mini', object: 'model' }] }),
};

async function answerChat(body: Json, res: ServerResponse, pieceMs: number): Promise<void> {
  const messages = Array.isArray(body.messages) ? (body.messages as Json[]) : [];
  const head = {
    id: `chatcmpl-${nextId()}`,
    created: seconds(),
    model: `${textOf(body.model)}-2024-07-18`,
    service_tier: 'default',
  };
  const tool = chooseTool(body, messages);
  const text = tool ? '' : reply(messages);
  const usage = chatUsage(messages, tool ? String(tool.arguments) : text);
  const toolCall = tool && { id: `call_${nextId()}`, type: 'function', function: tool };
  const finishReason = tool ? 'tool_calls' : 'stop';
  if (body.stream !== true) {
    const message = {
      role: 'assistant',
      content: tool ? null : text,
      refusal: null,
      ...(toolCall && { tool_calls: [toolCall] }),
    };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReason }];
    return sendJson(res, { ...head, object: 'chat.completion', choices, usage });
  }
  const chunk = (delta: Json, finish: string | null = null) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  });
  const stream = openStream(res);
  await stream.send(chunk({ role: 'assistant', content: tool ? null : '', refusal: null }));
  if (toolCall) await stream.send(chunk({ tool_calls: [{ index: 0, ...toolCall }] }));
  for (const piece of pieces(text)) {
    await pause(pieceMs);
    await stream.send(chunk({ content: piece }));
  }
  await stream.send(chunk({}, finishReason));
  const wantsUsage = (body.stream_options as Json | undefined)?.include_usage === true;
  if (wantsUsage) await stream.send({ ...head, object: 'chat.completion.chunk', choices: [], usage });
  stream.end();
}

async function answerResponses(body: Json, res: ServerResponse, pieceMs: number): Promise<void> {
  const text = reply([
    { role: 'user', content: typeof body.input === 'string' ? body.input : JSON.stringify(body.input) },
  ]);
  const counts = chatUsage([{ content: JSON.stringify(body.input ?? '') }], text);
  const item = {
    id: `msg_${nextId()}`,
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  };
  const base = { id: `resp_${nextId()}`, object: 'response', created_at: seconds(), model: body.model, error: null };
  const done = {
    ...base,
    status: 'completed',
    output: [item],
    usage: {
      input_tokens: counts.prompt_tokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: counts.completion_tokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: counts.total_tokens,
    },
  };
  if (body.stream !== true) return sendJson(res, done);
  const stream = openStream(res, { named: true });
  await stream.send({
    type: 'response.created',
    response: { ...base, status: 'in_progress', output: [], usage: null },
  });
  await stream.send({
    type: 'response.output_item.added',
    output_index: 0,
    item: { ...item, status: 'in_progress', content: [] },
  });
  for (const delta of pieces(text)) {
    await pause(pieceMs);
    await stream.send({
      type: 'response.output_text.delta',
      item_id: item.id,
      output_index: 0,
      content_index: 0,
      delta,
    });
  }
  await stream.send({ type: 'response.output_item.done', output_index: 0, item });
  await stream.send({ type: 'response.completed', response: done });
  stream.end();
}

function answerEmbeddings(body: Json, res: ServerResponse): void {
  const inputs = Array.isArray(body.input) ? body.input : [body.input];
  const data = inputs.map((input, index) => {
    const vector = Float32Array.from({ length: 8 }, (_, i) => Math.sin(String(input).length + i));
    const embedding = body.encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
    return { object: 'embedding', index, embedding };
  });
  const tokens = inputs.reduce((sum: number, input) => sum + countTokens(String(input)), 0);
  sendJson(res, { object: 'list', data, model: body.model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

/** The first tool with made-up arguments, unless its result is here already. */
function chooseTool(body: Json, messages: readonly Json[]): { name: string; arguments: string } | undefined {
  if (!Array.isArray(body.tools) || messages.some(({ role }) => role === 'tool')) return undefined;
  const definition = (body.tools[0] as { function?: { name?: string; parameters?: { properties?: Json } } } | undefined)
    ?.function;
  if (!definition?.name) return undefined;
  const names = Object.keys(definition.parameters?.properties ?? {});
  return {
    name: definition.name,
    arguments: JSON.stringify(Object.fromEntries(names.map((name) => [name, 'Lisbon']))),
  };
}

function reply(messages: readonly Json[]): string {
  const question = [...messages].reverse().find(({ role }) => role === 'user')?.content;
  const toolResult = [...messages].reverse().find(({ role }) => role === 'tool')?.content;
  if (toolResult !== undefined) return `Here is what the tool says: ${textOf(toolResult)}`;
  return `You said: "${textOf(question)}" This answer was made on your own machine.`;
}

function chatUsage(
  messages: readonly Json[],
  text: string,
): { prompt_tokens: number; completion_tokens: number; total_tokens: number } {
  const input = messages.reduce((sum, { content }) => sum + 4 + countTokens(JSON.stringify(content ?? '')), 3);
  const output = countTokens(text);
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

function countTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

function pieces(text: string): string[] {
  return text.match(/\S+\s*/g) ?? [];
}

function openStream(res: ServerResponse, { named = false } = {}): { send(event: Json): Promise<void>; end(): void } {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  return {
    async send(event) {
      if (res.destroyed) throw new Error('the caller left');
      const name = named ? `event: ${String(event.type)}\n` : '';
      if (!res.write(`${name}data: ${JSON.stringify(event)}\n\n`)) {
        await new Promise((resolve) => res.once('drain', resolve).once('close', resolve));
      }
    },
    end() {
      if (!named) res.write('data: [DONE]\n\n');
      res.end();
    },
  };
}

function sendJson(res: ServerResponse, body: Json): void {
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendError(res: ServerResponse, status: number, message: string): void {
  const types: Record<number, string> = {
    400: 'invalid_request_error',
    401: 'authentication_error',
    429: 'rate_limit_error',
  };
  const code = status === 429 ? 'rate_limit_exceeded' : null;
  const error = { message, type: types[status] ?? 'server_error', param: null, code };
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
}

async function readBody(req: IncomingMessage): Promise<Json> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as Json;
  } catch {
    return {};
  }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

let lastId = 0;
function nextId(): string {
  return `local${String(++lastId).padStart(6, '0')}`;
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
