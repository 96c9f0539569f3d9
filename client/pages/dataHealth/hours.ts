/** The hours of data health. Pure. */
import type { DataHealth } from '#shared/dataHealth';
import { HOUR_MS } from '#shared/durations';
import { formatDateTime } from '../../lib/formatDateTime.ts';

/** The beginnings of all hours, in milliseconds since 1970. */
export function hourStarts({ from, to }: Pick<DataHealth, 'from' | 'to'>): number[] {
  const [first, end] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: Math.max(0, Math.ceil((end - first) / HOUR_MS)) }, (_, index) => first + index * HOUR_MS);
}

/** `Thu 26 Nov 22:00`, in the zone of the viewer, or another. */
export function formatHour(instant: string, timeZone?: string): string {
  const parts = formatDateTime(instant, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  });
  return parts.replaceAll(',', '');
}
