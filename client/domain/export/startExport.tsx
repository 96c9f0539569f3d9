import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ExportColumn, ExportFormat } from '#shared/export';
import type { RequestFilters } from '#shared/request';
import { currentKey } from '../../api/credentials.ts';
import { errorMessage } from '../../api/errorMessage.ts';
import { basePath } from '../../lib/basePath.ts';
import { formatBytes, formatCount, plural } from '../../lib/formatNumber.ts';
import { type ExportProgress, readExport } from './readExport.ts';

/** What is exported: the requests of a filter, or some of them by their ids. */
export interface WantedExport {
  readonly format: ExportFormat;
  readonly filters: RequestFilters;
  readonly columns?: readonly ExportColumn[];
  /** Only these. */
  readonly ids?: readonly string[];
  /** How many will come, at most; undefined while unknown. */
  readonly total: number | undefined;
}

const SHOW_MS = 250;
let count = 0;

/** Downloads an export, and says how far it is until it is saved; it goes on while one looks at other pages. */
export async function startExport(wanted: WantedExport): Promise<void> {
  const id = `export-${++count}`;
  const stop = new AbortController();
  const running = (progress: ExportProgress) => ({
    id,
    title: 'Exporting',
    message: <Progress {...progress} total={wanted.total} onStop={() => stop.abort()} />,
    loading: true,
    autoClose: false as const,
    withCloseButton: false,
    role: 'status',
  });
  const ended = (color: string, title: string, message: string) =>
    notifications.update({
      id,
      title,
      message,
      color,
      loading: false,
      autoClose: color === 'green' ? 8_000 : false,
      withCloseButton: true,
      role: color === 'red' ? 'alert' : 'status',
    });
  let [last, shownAt]: [ExportProgress, number] = [{ rows: 0, bytes: 0 }, 0];
  notifications.show(running(last));
  try {
    const response = await ask(wanted, stop.signal);
    const { file, rows } = await readExport(response.body, wanted.format === 'csv', (progress) => {
      last = progress;
      if (performance.now() - shownAt < SHOW_MS) return;
      shownAt = performance.now();
      notifications.update(running(progress));
    });
    save(file, response.filename);
    const skipped = wanted.format === 'openai' && wanted.total !== undefined ? wanted.total - rows : 0;
    const left = skipped > 0 ? ` ${plural(skipped, 'request')} left out: not an answered chat.` : '';
    ended('green', 'Exported', `${plural(rows, 'request')}, ${formatBytes(file.size)}.${left}`);
  } catch (error) {
    if (stop.signal.aborted) ended('gray', 'Export stopped', 'Nothing was saved.');
    else {
      const reached =
        last.rows > 0 ? `It was cut off after ${plural(last.rows, 'request')}, and nothing was saved. ` : '';
      ended(
        'red',
        'Export failed',
        `${reached}${error instanceof TypeError ? 'The connection was lost; try again.' : errorMessage(error)}`,
      );
    }
  }
}

interface ExportAnswer {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly filename: string;
}

/** @throws {Error} with the words of the server where it refuses. */
async function ask({ format, filters, columns, ids }: WantedExport, signal: AbortSignal): Promise<ExportAnswer> {
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(filters)) {
    for (const one of [value].flat()) if (one !== undefined) query.append(name, one);
  }
  if (columns) query.set('columns', columns.join(','));
  if (ids) query.set('ids', ids.join(','));
  const response = await fetch(`${basePath()}api/v1/requests/export?${query.toString()}`, {
    headers: { authorization: `Bearer ${currentKey() ?? ''}` },
    signal,
  });
  if (!response.ok || !response.body) throw new Error(await refusalOf(response));
  const filename = /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  return { body: response.body, filename: filename ?? `promptlab-requests.${format === 'csv' ? 'csv' : 'jsonl'}` };
}

async function refusalOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const error: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'error') : null;
  const message: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : null;
  return typeof message === 'string' ? message : `The server answered ${response.status}.`;
}

function save(file: Blob, filename: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = filename;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

type ProgressProps = ExportProgress & { total: number | undefined; onStop: () => void };

function Progress({ rows, bytes, total, onStop }: ProgressProps) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text fz="sm">
        {formatCount(rows)}
        {total !== undefined && ` of ${formatCount(total)}`} requests, {formatBytes(bytes)}
      </Text>
      <Button size="xs" variant="default" onClick={onStop}>
        Stop
      </Button>
    </Group>
  );
}
