import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { tryKernelLock } from './kernelLock.ts';

test('a lock that is released twice closes no file of somebody else', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'promptlab-lock-'));
  const lock = tryKernelLock(path.join(folder, 'lock'));
  expect(lock?.isHeld()).toBe(true);
  lock?.release();
  const other = fs.openSync(path.join(folder, 'other'), 'w+');
  // The system gives away the lowest number that is free.
  expect(other).toBe(lock?.fd);
  lock?.release();
  expect(lock?.isHeld()).toBe(false);
  expect(fs.writeSync(other, 'still open')).toBe(10);
  fs.closeSync(other);
  fs.rmSync(folder, { recursive: true });
});
