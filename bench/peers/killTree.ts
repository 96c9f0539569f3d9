import { listTree } from '#tests/support/processStats';

/** `kill -9` of a process and of all that it has started. Those that have ended already are no error. */
export function killTree(pid: number): void {
  for (const each of listTree(pid)) {
    try {
      process.kill(each, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
