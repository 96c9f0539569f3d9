/** A provider on a real socket whose answers each test decides, and which remembers what really came in. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A value of any shape: tests hand over what no type allows, and read what the wire holds. */
// oxlint-disable-next-line typescript/no-explicit-any -- the one place
export type Loose = any;

export type Json = { [key: string]: Loose };

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Json;
  readonly text: string;
  /** The caller hung up before the answer was whole. */
  isCutOff: boolean;
  /** Pieces written to the socket so far. */
  sentPieces: number;
}

export type Respond = (seen: SeenRequest, res: ServerResponse) => unknown;

export interface StreamOptions {
  /** Ends with `[DONE]`, by default. */
  readonly done?: boolean;
  readonly named?: boolean;
  /** Ends with a lost connection. */
  readonly cut?: boolean;
}

export interface FakeOpenAI {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** The answer for a path such as `/chat/completions`, from now on. */
  on(path: string, respond: Respond): void;
  /** The same for chat, with a stream of these chunks. */
  streamChat(chunks: Iterable<Json>, options?: StreamOptions): void;
  close(): Promise<void>;
}

export async function startFakeOpenAI(): Promise<FakeOpenAI> {
  const requests: SeenRequest[] = [];
  const routes = new Map<string, Respond>(Object.entries(DEFAULTS));
  const server = createServer((req, res) => {
    void readAll(req).then(async (text) => {
      const path = (req.url ?? '').replace(/^\/(v1|openai)(\/deployments\/[^/]+)?/, '').split('?')[0] ?? '';
      const seen: SeenRequest = {
        method: req.method ?? '',
        path,
        query: new URLSearchParams((req.url ?? '').split('?')[1]),
        headers: req.headers,
        body: parse(text),
        text,
        isCutOff: false,
        sentPieces: 0,
      };
      requests.push(seen);
      res.on('close', () => {
        if (!res.writableFinished) seen.isCutOff = true;
      });
      res.setHeader('x-request-id', `req_${requests.length}`);
      const respond =
        routes.get(path) ?? [...routes].find(([key]) => key.endsWith('*') && path.startsWith(key.slice(0, -1)))?.[1];
      try {
        if (respond) await respond(seen, res);
        else sendJson(res, { error: { message: `no route ${path}`, type: 'invalid_request_error' } }, 404);
      } catch {
        res.destroy();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    on: (path, respond) => routes.set(path, respond),
    streamChat: (chunks, options) =>
      void routes.set('/chat/completions', (seen, res) => sendEvents(seen, res, chunks, options)),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export function sendJson(res: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function sendError(
  res: ServerResponse,
  status: number,
  error: Json,
  headers: Record<string, string> = {},
): void {
  sendJson(res, { error }, status, headers);
}

/** Writes server-sent events one by one, respecting back-pressure; stops where the caller hung up. */
export async function sendEvents(
  seen: SeenRequest,
  res: ServerResponse,
  events: Iterable<unknown> | AsyncIterable<unknown>,
  { done = true, named = false, cut = false }: StreamOptions = {},
): Promise<void> {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  for await (const event of events) {
    if (res.destroyed) return;
    const name = named ? `event: ${(event as Json).type}\n` : '';
    const isFree = res.write(`${name}data: ${JSON.stringify(event)}\n\n`);
    seen.sentPieces++;
    if (!isFree && !res.destroyed)
      await new Promise((resolve) => res.setMaxListeners(0).once('drain', resolve).once('close', resolve));
    else await new Promise((resolve) => setImmediate(resolve));
  }
  if (cut) {
    res.destroy();
    return;
  }
  if (done && !res.destroyed) res.write('data: [DONE]\n\n');
  res.end();
}

export const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 5,
  total_tokens: 16,
  prompt_tokens_details: { cached_tokens: 3, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 2, audio_tokens: 0 },
};

export function chatAnswer(
  message: Json = { role: 'assistant', content: 'Hello there', refusal: null },
  finish = 'stop',
): Json {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'gpt-4o-mini-2024-07-18',
    service_tier: 'default',
    system_fingerprint: 'fp_1',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: USAGE,
  };
}

export function chunk(choices: unknown[], rest: Json = {}): Json {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'gpt-4o-mini-2024-07-18',
    service_tier: 'default',
    system_fingerprint: 'fp_1',
    choices,
    ...rest,
  };
}

export function delta(fields: Json, finish: string | null = null, index = 0): Json {
  return chunk([{ index, delta: fields, logprobs: null, finish_reason: finish }]);
}

/** The chunks of a text, as OpenAI sends them. */
export function textChunks(pieces: readonly string[], { usage }: { usage?: Json | undefined } = {}): Json[] {
  return [
    delta({ role: 'assistant', content: '', refusal: null }),
    ...pieces.map((content) => delta({ content })),
    delta({}, 'stop'),
    ...(usage ? [chunk([], { usage })] : []),
  ];
}

export const RESPONSE_USAGE = {
  input_tokens: 11,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 1 },
  total_tokens: 16,
};

export function responseAnswer(overrides: Json = {}): Json {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'gpt-4o-mini-2024-07-18',
    output: [
      {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hello there', annotations: [] }],
      },
    ],
    usage: RESPONSE_USAGE,
    ...overrides,
  };
}

export function responseEvents(answer: Json = responseAnswer()): Json[] {
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const events = [
    { type: 'response.created', response: { ...answer, status: 'in_progress', output: [], usage: null } },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...at, part: { type: 'output_text', text: '', annotations: [] } },
    { type: 'response.output_text.delta', ...at, delta: 'Hello' },
    { type: 'response.output_text.delta', ...at, delta: ' there' },
    { type: 'response.output_text.done', ...at, text: 'Hello there' },
    { type: 'response.content_part.done', ...at, part: { type: 'output_text', text: 'Hello there', annotations: [] } },
    { type: 'response.output_item.done', output_index: 0, item: answer.output[0] },
    { type: `response.${answer.status}`, response: answer },
  ];
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

/** A picture, whole or in events; the names of OpenAI's own documentation. */
export const IMAGE_ANSWER = {
  created: 1_700_000_000,
  background: 'opaque',
  output_format: 'png',
  quality: 'high',
  size: '1024x1024',
  data: [{ b64_json: pngBase64(3_000) }],
  usage: {
    input_tokens: 9,
    output_tokens: 4,
    total_tokens: 13,
    input_tokens_details: { text_tokens: 9, image_tokens: 0 },
  },
};

export function imageEvents(kind: 'image_generation' | 'image_edit'): Json[] {
  const { created, data, usage, ...rest } = IMAGE_ANSWER;
  const event = { ...rest, created_at: created, b64_json: data[0]?.b64_json };
  return [
    { type: `${kind}.partial_image`, ...event, b64_json: pngBase64(2_000), partial_image_index: 0 },
    { type: `${kind}.completed`, ...event, usage },
  ];
}

export const TRANSCRIPT = {
  text: 'Spoken words',
  logprobs: [{ token: 'Spoken', logprob: -0.1 }],
  usage: { type: 'tokens', input_tokens: 9, output_tokens: 4, total_tokens: 13 },
};

export function transcriptEvents(): Json[] {
  return [
    { type: 'transcript.text.delta', delta: 'Spoken' },
    { type: 'transcript.text.delta', delta: ' words' },
    { type: 'transcript.text.done', ...TRANSCRIPT },
  ];
}

/** Answers in the form that was asked for; a multipart body is read as text. */
function eitherWay(answer: Json, events: Json[]): Respond {
  return (seen, res) =>
    seen.body.stream === true || /name="stream"\s+true/.test(seen.text)
      ? sendEvents(seen, res, events, { done: false, named: true })
      : sendJson(res, answer);
}

const DEFAULTS: Record<string, Respond> = {
  '/chat/completions': (seen, res) =>
    seen.body.stream
      ? sendEvents(
          seen,
          res,
          textChunks(['Hello', ' there'], { usage: seen.body.stream_options?.include_usage ? USAGE : undefined }),
        )
      : sendJson(res, chatAnswer()),
  '/responses': (seen, res) =>
    seen.body.stream
      ? sendEvents(seen, res, responseEvents(), { done: false, named: true })
      : sendJson(res, responseAnswer()),
  '/embeddings': (seen, res) => {
    const vector = Float32Array.from([0.5, 0.25, 0.125]);
    const embedding =
      seen.body.encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
    sendJson(res, {
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding }],
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
  },
  '/completions': (_, res) =>
    sendJson(res, {
      id: 'cmpl-1',
      object: 'text_completion',
      created: 1,
      model: 'gpt-3.5-turbo-instruct',
      choices: [{ index: 0, text: 'Hello there', logprobs: null, finish_reason: 'stop' }],
      usage: USAGE,
    }),
  '/moderations': (_, res) =>
    sendJson(res, { id: 'modr-1', model: 'omni-moderation-latest', results: [{ flagged: false }] }),
  '/images/generations': eitherWay(IMAGE_ANSWER, imageEvents('image_generation')),
  '/images/edits': eitherWay(IMAGE_ANSWER, imageEvents('image_edit')),
  '/images/variations': (_, res) => sendJson(res, { created: 1, data: [{ url: 'https://x/y.png' }] }),
  '/responses/compact': (_, res) =>
    sendJson(res, {
      id: 'cmp_1',
      object: 'response.compaction',
      created_at: 1_700_000_000,
      output: [{ id: 'c_1', type: 'compaction', encrypted_content: 'x' }],
      usage: RESPONSE_USAGE,
    }),
  '/audio/transcriptions': eitherWay(TRANSCRIPT, transcriptEvents()),
  '/audio/translations': (_, res) => sendJson(res, { text: 'Spoken words' }),
  '/audio/speech': (_, res) => {
    res.writeHead(200, { 'content-type': 'audio/mpeg' });
    res.end(Buffer.alloc(2_000, 7));
  },
  '/models': (_, res) =>
    sendJson(res, {
      object: 'list',
      data: [
        { id: 'a', object: 'model' },
        { id: 'b', object: 'model' },
      ],
    }),
  '/files': (_, res) => sendJson(res, { id: 'file-1', object: 'file' }),
};

/** Bytes that look like a picture, as base64. */
export function pngBase64(bytes: number): string {
  return Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 7919 + (i >> 3) * 31) & 0xff)).toString('base64');
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

async function readAll(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  try {
    for await (const part of req) parts.push(part as Buffer);
  } catch {
    // The caller hung up while sending.
  }
  return Buffer.concat(parts).toString('utf8');
}
