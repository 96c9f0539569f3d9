/** What another process uses, as the Linux kernel counts it (proc(5)). NaN where there is no /proc. */
import { readdirSync, readFileSync } from 'node:fs';

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
  const { user, system } = readStat(pid);
  return (user + system) / TICKS_PER_SECOND;
}

/** The process and all that it has started, directly or through others; empty once it has ended. */
export function listTree(pid: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const { parent } = readStat(Number(name));
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(name)]);
  }
  const tree = Number.isNaN(readStat(pid).parent) ? [] : [pid];
  // Grows while it is walked.
  for (const each of tree) tree.push(...(childrenOf.get(each) ?? []));
  return tree;
}

/** Seconds of CPU so far of a whole tree, with those of its processes that have ended and were waited for. */
export function treeCpuSeconds(pid: number): number {
  return sum(listTree(pid), (each) => {
    const { user, system, childrenUser, childrenSystem } = readStat(each);
    return (user + system + childrenUser + childrenSystem) / TICKS_PER_SECOND;
  });
}

/** Memory of a whole tree in megabytes, in which pages that several processes share count once (PSS). */
export function treeMemoryMb(pid: number): number {
  return sum(listTree(pid), (each) => {
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(read(each, 'smaps_rollup'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  });
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
  const total = sum(ticks, (each) => each);
  return { total: total / TICKS_PER_SECOND, idle: ((ticks[3] ?? NaN) + (ticks[4] ?? NaN)) / TICKS_PER_SECOND };
}

function statusMb(pid: number, field: string): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(pid, 'status'))?.[1];
  return kilobytes === undefined ? NaN : Number(kilobytes) / 1024;
}

/** Numbers are NaN once the process has ended. */
function readStat(pid: number) {
  // The name before the last bracket may hold spaces. Field 4 is the parent; 14 to 17 are ticks of its own and of children that it waited for.
  const fields = read(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  const [parent, user, system, childrenUser, childrenSystem] = [1, 11, 12, 13, 14].map((place) =>
    Number(fields[place]),
  ) as [number, number, number, number, number]; // As many as were asked for.
  return { parent, user, system, childrenUser, childrenSystem };
}

function sum<T>(values: readonly T[], valueOf: (value: T) => number): number {
  return values.reduce((total, value) => total + (valueOf(value) || 0), 0);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
