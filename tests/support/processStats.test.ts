import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { listTree, treeCpuSeconds, treeMemoryMb } from './processStats.ts';

const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

describeOnLinux('a tree of processes', () => {
  test('has the children of children, and the processor time of those that have ended', async () => {
    // A shell that waits for a child that has worked, and then for one that sleeps.
    const work = `node -e 'const end = Date.now() + 300; while (Date.now() < end);'`;
    const parent = spawn('sh', ['-c', `${work}; echo worked; sh -c 'sleep 30; true'; true`]);
    try {
      await once(parent.stdout, 'data');
      const pid = parent.pid ?? 0;
      expect(treeCpuSeconds(pid)).toBeGreaterThan(0.1);
      const deadline = Date.now() + 10_000;
      while (listTree(pid).length < 3 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
      const tree = listTree(pid);
      expect(tree).toHaveLength(3);
      expect(tree[0]).toBe(pid);
      expect(treeMemoryMb(pid)).toBeGreaterThan(0);
      for (const each of tree) process.kill(each, 'SIGKILL');
      await once(parent, 'close');
      expect(listTree(pid)).toEqual([]);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});
