/** A PromptLab on a real socket that checks every record against the shared contract, and can misbehave on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { LogBatchInput, LogInput } from '../../../shared/request';
import { sanitize } from '../../../server/ingest/sanitize';
import { SpanBatchInput, SpanInput } from '../../../shared/trace';
import type { Loose } from './fakeOpenAI';

// Records are read freely in tests.
export type Record_ = { [key: string]: Loose }; // eslint-disable-line

export interface SeenBatch {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly records: Record_[];
  readonly sentAt: string | undefined;
  readonly bytes: number;
  readonly atMs: number;
}

/** Misbehaves instead of answering; returns true where the batch is to be answered as usual all the same. */
export type Misbehave = (res: ServerResponse, batch: SeenBatch, accept: () => void) => void;

export interface Receiver {
  readonly url: string;
  /** Logs that were stored, each once, in the order of arrival. */
  readonly logs: Record_[];
  readonly spans: Record_[];
  /** Every upload, also those that were not stored. */
  readonly batches: SeenBatch[];
  /** What the shared schemas had to say; must stay empty. */
  readonly problems: string[];
  /** For the next uploads, one each; afterwards all is well again. */
  misbehave(...ways: Misbehave[]): void;
  /** For all uploads from now on; undefined: all is well again. */
  alwaysMisbehave(way: Misbehave | undefined): void;
  /** From now on the records with this name are refused, each by itself. */
  refuseNamed(name: string): void;
  readonly openSockets: number;
  readonly maxConcurrent: number;
  readonly totalSockets: number;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const logs: Record_[] = [];
  const spans: Record_[] = [];
  const batches: SeenBatch[] = [];
  const problems: string[] = [];
  const stored = new Set<string>();
  const queue: Misbehave[] = [];
  let always: Misbehave | undefined;
  let refusedName: string | undefined;
  let concurrent = 0;
  let maxConcurrent = 0;
  const sockets = new Set<object>();
  let totalSockets = 0;

  const server = createServer((req, res) => {
    maxConcurrent = Math.max(maxConcurrent, ++concurrent);
    res.on('close', () => concurrent--);
    void readBody(req).then(({ json, bytes }) => {
      const isSpans = req.url?.endsWith('/api/v1/spans') === true;
      if (!isSpans && !req.url?.endsWith('/api/v1/logs')) {
        problems.push(`unknown path ${req.url}`);
        return send(res, 404, { error: { type: 'not_found', code: 'unknown_endpoint', message: 'no', param: null } });
      }
      const envelope = (isSpans ? SpanBatchInput : LogBatchInput).safeParse(json);
      if (!envelope.success) problems.push(`envelope: ${envelope.error.message}`);
      const records = (json?.[isSpans ? 'spans' : 'logs'] ?? []) as Record_[];
      const batch: SeenBatch = {
        path: req.url ?? '',
        headers: req.headers,
        records,
        sentAt: json?.sent_at as string | undefined,
        bytes,
        atMs: Date.now(),
      };
      batches.push(batch);
      const store = () =>
        records.map((record, index) => {
          const isRefused = refusedName !== undefined && record.name === refusedName;
          const refusal = { code: 'invalid_value', message: 'It is refused.' };
          const problem = isRefused ? refusal : findProblem(isSpans ? SpanInput : LogInput, record);
          if (problem) {
            if (!isRefused) problems.push(problem.message);
            const error = { type: 'invalid_request_error', param: null, ...problem };
            return { index, id: null, status: 'rejected', error };
          }
          if (stored.has(record.id)) return { index, id: record.id, status: 'duplicate' };
          stored.add(record.id);
          (isSpans ? spans : logs).push(record);
          return { index, id: record.id, status: 'created' };
        });
      const accept = () => {
        const results = store();
        const count = (status: string) => results.filter((result) => result.status === status).length;
        const [created, duplicate, rejected] = [count('created'), count('duplicate'), count('rejected')];
        send(res, rejected === 0 ? 201 : rejected < results.length ? 207 : 400, {
          created,
          duplicate,
          rejected,
          results,
        });
      };
      const way = queue.shift() ?? always;
      if (way) way(res, batch, accept);
      else accept();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    totalSockets++;
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    logs,
    spans,
    batches,
    problems,
    misbehave: (...ways) => void queue.push(...ways),
    alwaysMisbehave: (way) => void (always = way),
    refuseNamed: (name) => void (refusedName = name),
    get openSockets() {
      return sockets.size;
    },
    get maxConcurrent() {
      return maxConcurrent;
    },
    get totalSockets() {
      return totalSockets;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** What the server would refuse a record for: by its schema, or by its size and depth. */
function findProblem(
  schema: typeof LogInput | typeof SpanInput,
  record: Record_,
): { code: string; message: string } | undefined {
  const { error } = schema.safeParse(record);
  if (error) return { code: 'invalid_value', message: error.message };
  // A copy, since it replaces what Postgres cannot store.
  return sanitize(structuredClone(record)).problem ?? undefined;
}

/** An error of the API's one shape. */
export function refuse(status: number, headers: Record<string, string> = {}): Misbehave {
  return (res) => {
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    send(res, status, {
      error: { type: 'api_error', code: 'internal', message: `refused with ${status}`, param: null, request_id: 'r' },
    });
  };
}

export const hang: Misbehave = () => {};
export const cutOff: Misbehave = (res) => res.destroy();
export const answerHtml: Misbehave = (res) =>
  res.writeHead(200, { 'content-type': 'text/html' }).end('<html>welcome</html>');
/** Stores the batch, but the answer never arrives. */
export const storeButCut: Misbehave = (res, _, accept) => {
  const { end } = res;
  res.end = (() => {
    res.destroy();
    return res;
  }) as typeof end;
  accept();
};

export function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(req: IncomingMessage): Promise<{ json: Record_ | undefined; bytes: number }> {
  const parts: Buffer[] = [];
  try {
    for await (const part of req) parts.push(part as Buffer);
  } catch {
    return { json: undefined, bytes: 0 };
  }
  const body = Buffer.concat(parts);
  const text = (req.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
  try {
    return { json: JSON.parse(text) as Record_, bytes: body.length };
  } catch {
    return { json: undefined, bytes: body.length };
  }
}
