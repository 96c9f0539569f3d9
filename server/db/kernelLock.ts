/**
 * An exclusive lock of the kernel on an open file. It is seen by every process on the machine, whatever its container
 * or process id; it ends by itself with the last process that has the file open; and the kernel gives it to one only
 * (docs/decisions/015). Node offers no call for it: macOS takes it while opening, Linux through the program `flock`.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

export interface KernelLock {
  /** Passed on to a child, the file stays locked until the child has ended too. */
  readonly fd: number;
  /** False once the file was removed or replaced: from then on another process can lock the new one. */
  isHeld(): boolean;
  /** Closes the file, once: another may have its number by then. The lock ends where no child has the file open. */
  release(): void;
}

/** `O_EXLOCK` of macOS (sys/fcntl.h): open and lock in one step. */
const MACOS_EXLOCK = 0x20;

/**
 * Locks the file, which is made where missing; its content is left alone.
 * @returns null where another process holds the lock.
 * @throws {Error} where the system has no way to lock, or the file cannot be opened.
 */
export function tryKernelLock(file: string): KernelLock | null {
  for (;;) {
    const fd = openLocked(file);
    if (fd === null) return null;
    let isOpen = true;
    const lock: KernelLock = {
      fd,
      isHeld: () => isOpen && isSameFile(fd, file),
      release() {
        if (isOpen) fs.closeSync(fd);
        isOpen = false;
      },
    };
    // Its last owner may have removed the file between our opening and our locking it.
    if (lock.isHeld()) return lock;
    lock.release();
  }
}

function openLocked(file: string): number | null {
  const flags = fs.constants.O_RDWR | fs.constants.O_CREAT;
  if (process.platform === 'darwin') {
    try {
      return fs.openSync(file, flags | MACOS_EXLOCK | fs.constants.O_NONBLOCK, 0o600);
    } catch (error) {
      if (codeOf(error) === 'EAGAIN' || codeOf(error) === 'EWOULDBLOCK') return null;
      throw error;
    }
  }
  const fd = fs.openSync(file, flags, 0o600);
  try {
    if (lockByProgram(fd, file)) return fd;
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  fs.closeSync(fd);
  return null;
}

/** The child locks the open file that it shares with us, so that the lock stays with us when the child has ended. */
function lockByProgram(fd: number, file: string): boolean {
  const { status, error, stderr } = spawnSync('flock', ['-x', '-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', fd],
    encoding: 'utf8',
  });
  if (codeOf(error) === 'ENOENT') {
    throw new Error(
      'The program `flock`, which keeps two servers off one data folder, is missing: install the package util-linux, or set DATABASE_URL to a Postgres of your own.',
    );
  }
  if (status === 0) return true;
  // 1 says "held by another" and nothing else.
  if (status === 1 && stderr === '') return false;
  throw new Error(`${file} cannot be locked: ${stderr.trim() || (error?.message ?? `flock ended with ${status}`)}.`);
}

function isSameFile(fd: number, file: string): boolean {
  try {
    const [ours, there] = [fs.fstatSync(fd), fs.statSync(file)];
    return ours.ino === there.ino && ours.dev === there.dev;
  } catch {
    return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
