/** What another process uses, as the Linux kernel counts it (proc(5)). NaN where there is no /proc. */
import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100; // USER_HZ, which is 100 on every Linux that Node runs on.

/** Resident memory now, in megabytes. */
export function residentMb(pid: number): number {
  return statusMb(pid, 'VmRSS');
}

/** The most resident memory so far, in megabytes. */
export function peakResidentMb(pid: number): number {
  return statusMb(pid, 'VmHWM');
}

/** Seconds of CPU so far, of all threads. */
export function cpuSeconds(pid: number): number {
  // The name before the last bracket may hold spaces. Fields 14 and 15 are user and system time.
  const fields = read(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function statusMb(pid: number, field: string): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(pid, 'status'))?.[1];
  return kilobytes === undefined ? NaN : Number(kilobytes) / 1024;
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
