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

/** Seconds of CPU of the whole machine since it started: all of them, and those in which nothing was to do. */
export function machineSeconds(): { readonly total: number; readonly idle: number } {
  let stat = '';
  try {
    stat = readFileSync('/proc/stat', 'utf8');
  } catch {
    return { total: NaN, idle: NaN };
  }
  // user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user.
  const ticks = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '').split(' ').slice(0, 8).map(Number);
  const total = ticks.reduce((sum, each) => sum + each, 0);
  return { total: total / TICKS_PER_SECOND, idle: ((ticks[3] ?? NaN) + (ticks[4] ?? NaN)) / TICKS_PER_SECOND };
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
