/** The requests of a filter as a file, written while it is sent: nothing of it is kept, however many there are. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseExactJson, stringifyExactJson } from '#shared/exactJson';
import { CSV_COLUMNS, EXPORT_COLUMNS, type ExportColumn, type ExportFormat } from '#shared/export';
import type { JsonValue, RequestId } from '#shared/primitives';
import type { RequestFilters } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import { groupKeys, type KeyGroup, type RowKey } from '#server/db/pages';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import type { PieceStream } from '#server/jsonStream';
import { readRequestJson, walkRequests } from '#server/requests/service';
import { csvLine } from '#shared/csv';
import { isJsonColumn } from './exportColumns.ts';
import { type LoggedChat, toFineTuningExample } from './fineTuning.ts';
import { type ExportRow, listChosenKeys, readExportRows } from './repository.ts';

/** The longest that an export takes. */
const EXPORT_MS = 30 * 60_000;
/** What a group of rows takes while it is written, as a multiple of its bytes. */
const COPIES = 3;
/** How long an export waits for room in the budget of answers before it gives up, and how often it looks. */
const ROOM_MS = 30_000;
const LOOK_MS = 100;
const SMALL_BYTES = 128 * 1024;

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly columns?: readonly ExportColumn[] | undefined;
  /** Only these of those that match. */
  readonly ids?: readonly RequestId[] | undefined;
}

export interface ExportFile {
  readonly stream: PieceStream;
  readonly contentType: string;
  readonly filename: string;
  /** How many were written, and how many were left out. Right when the last piece was taken. */
  readonly counts: { readonly written: number; readonly skipped: number };
}

/**
 * The file, newest first.
 * @throws {AppError} `invalid_value` where the format has no columns; as its first piece is asked for `overloaded`.
 */
export function exportRequests(
  deps: Deps,
  scope: OrgScope,
  filters: RequestFilters,
  options: ExportOptions,
): ExportFile {
  const { format, columns } = options;
  if (format === 'openai' && columns) {
    throw new AppError('invalid_value', '`columns` must be left out: this format has its own.', { param: 'columns' });
  }
  const counts = { written: 0, skipped: 0 };
  const writer = writerOf(deps, scope, options);
  const pieces = writeFile(deps, scope, { keys: keysOf(deps, scope, filters, options), writer, counts });
  const day = deps.clock().toISOString().slice(0, 10);
  return {
    stream: {
      tenant: scope.org_id,
      windowBytes: SMALL_BYTES,
      totalBytes: 0,
      isWhole: false,
      withinMs: EXPORT_MS,
      pieces,
    },
    contentType: format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/jsonl; charset=utf-8',
    filename: `promptlab-${format === 'openai' ? 'fine-tuning' : 'requests'}-${day}.${format === 'csv' ? 'csv' : 'jsonl'}`,
    counts,
  };
}

async function* keysOf(
  deps: Deps,
  scope: OrgScope,
  filters: RequestFilters,
  { ids }: ExportOptions,
): AsyncGenerator<readonly RowKey[]> {
  if (ids) yield await listChosenKeys(deps.reads.of(scope), scope, filters, ids);
  else yield* walkRequests(deps, scope, filters);
}

interface FileWriter {
  readonly head: string;
  /** The lines of a group of rows, in order; null for a row that has none in this format. */
  readonly lines: (ids: readonly string[]) => Promise<readonly (readonly Uint8Array[] | null)[]>;
}

interface FileParts {
  readonly keys: AsyncIterable<readonly RowKey[]>;
  readonly writer: FileWriter;
  readonly counts: { written: number; skipped: number };
}

async function* writeFile(
  deps: Deps,
  scope: OrgScope,
  { keys, writer, counts }: FileParts,
): AsyncGenerator<readonly Uint8Array[]> {
  const giveBack = deps.exportSlots.take(scope.org_id);
  try {
    let before = [Buffer.from(writer.head)];
    for await (const page of keys) {
      // Nothing matched for a while: a reader who has gone is noticed with each piece that is asked for.
      if (page.length === 0) yield [];
      for (const group of groupKeys(page)) {
        const reservation = await reserveRoom(deps, scope, group);
        try {
          const lines = await readLines(deps, scope, group, writer);
          counts.written += lines.filter((line) => line !== null).length;
          counts.skipped += lines.filter((line) => line === null).length;
          yield [...before, ...joined(lines)];
          before = [];
        } finally {
          reservation.release();
        }
      }
    }
    yield before;
  } finally {
    giveBack();
  }
}

/** An export that has begun waits for others rather than to fail. */
async function reserveRoom(deps: Deps, scope: OrgScope, { bytes }: KeyGroup<RowKey>) {
  for (const end = performance.now() + ROOM_MS; ; await sleep(LOOK_MS)) {
    try {
      return deps.answers.reserve(scope.org_id, bytes * COPIES);
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}

function readLines(deps: Deps, scope: OrgScope, { keys, bytes }: KeyGroup<RowKey>, writer: FileWriter) {
  const read = () => writer.lines(keys.map(({ id }) => id));
  return bytes > SMALL_BYTES ? deps.largeReads.run(scope.org_id, read) : read();
}

/** Small lines are put together: each piece costs a call of the socket. */
function joined(lines: readonly (readonly Uint8Array[] | null)[]): Uint8Array[] {
  const all = lines.flatMap((line) => line ?? []);
  return all.reduce((sum, piece) => sum + piece.length, 0) <= 2 * 1024 * 1024 ? [Buffer.concat(all)] : all;
}

function writerOf(deps: Deps, scope: OrgScope, { format, columns }: ExportOptions): FileWriter {
  const rowsOf = async (ids: readonly string[], names: readonly ExportColumn[]): Promise<ExportRow[]> =>
    inOrder(
      ids,
      await readExportRows(
        deps.reads.of(scope),
        scope,
        ids,
        names.filter((name) => name !== 'org_id'),
      ),
    );
  switch (format) {
    case 'csv': {
      const names = columns ?? CSV_COLUMNS;
      const cellsOf = (row: ExportRow) => names.map((name) => (name === 'org_id' ? scope.org_id : (row[name] ?? null)));
      return {
        head: csvLine(names),
        lines: async (ids) => (await rowsOf(ids, names)).map((row) => [Buffer.from(csvLine(cellsOf(row)))]),
      };
    }
    case 'jsonl': {
      const names = columns ?? EXPORT_COLUMNS;
      // All of it goes through as it was stored, in pieces: no row is in the heap whole.
      if (!columns) return { head: '', lines: (ids) => wholeLines(deps, scope, ids) };
      return {
        head: '',
        lines: async (ids) => (await rowsOf(ids, names)).map((row) => [Buffer.from(jsonLine(row, names, scope))]),
      };
    }
    case 'openai':
      return {
        head: '',
        lines: async (ids) =>
          (await rowsOf(ids, CHAT_COLUMNS)).map((row) => {
            const example = toFineTuningExample(toChat(row));
            return example && [Buffer.from(`${stringifyExactJson(example)}\n`)];
          }),
      };
  }
}

/** Rows come in any order; one that was deleted meanwhile is missing. */
function inOrder(ids: readonly string[], rows: readonly ExportRow[]): ExportRow[] {
  const byId = new Map(rows.map((row) => [row.row_id, row]));
  return ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
}

function jsonLine(row: ExportRow, names: readonly ExportColumn[], scope: OrgScope): string {
  const members = names.map((name) => {
    const value = name === 'org_id' ? scope.org_id : (row[name] ?? null);
    return `"${name}":${isJsonColumn(name) && typeof value === 'string' ? onOneLine(value) : JSON.stringify(value)}`;
  });
  return `{${members.join(',')}}\n`;
}

/** Between its tokens JSON may hold line breaks, in its texts they are escaped. */
function onOneLine(json: string): string {
  return /[\r\n]/.test(json) ? json.replaceAll(/[\r\n]/g, ' ') : json;
}

async function wholeLines(deps: Deps, scope: OrgScope, ids: readonly string[]): Promise<Uint8Array[][]> {
  const rows = new Map((await readRequestJson(deps, scope, ids)).map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = rows.get(id);
    if (!row) return [];
    const more = (row.more ?? []).map((piece) => withoutLines(Buffer.from(piece as Uint8Array))); // As bytes: by readLoggedRequests.
    return [[Buffer.from(JSON.stringify(row.fields).slice(0, -1)), ...more, Buffer.from('}\n')]];
  });
}

const [LINE_FEED, CARRIAGE_RETURN, SPACE] = [0x0a, 0x0d, 0x20];

function withoutLines(piece: Buffer): Buffer {
  for (const end of [LINE_FEED, CARRIAGE_RETURN]) {
    for (let at = piece.indexOf(end); at >= 0; at = piece.indexOf(end, at)) piece[at] = SPACE;
  }
  return piece;
}

const CHAT_COLUMNS = [
  'status',
  'endpoint',
  'messages',
  'response_content',
  'response',
  'tools',
] as const satisfies readonly (ExportColumn & keyof LoggedChat)[];

function toChat(row: ExportRow): LoggedChat {
  const json = (name: ExportColumn): JsonValue =>
    typeof row[name] === 'string' ? (parseExactJson(row[name]) as JsonValue) : null; // It is stored as JSON.
  const text = (name: ExportColumn) => (typeof row[name] === 'string' ? row[name] : null);
  return {
    status: text('status') ?? '',
    endpoint: text('endpoint'),
    messages: json('messages'),
    response_content: text('response_content'),
    response: json('response'),
    tools: json('tools'),
  };
}
