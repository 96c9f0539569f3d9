import { memoryBytes, sharedBuffersMb } from './sharedBuffers.ts';

test.each([
  [0.5, 128],
  [1, 128],
  [2, 256],
  [4, 512],
  [8, 1024],
  [64, 1024],
])('of %d GB of memory Postgres keeps %d MB for pages', (gigabytes, megabytes) => {
  expect(sharedBuffersMb(gigabytes * 2 ** 30)).toBe(megabytes);
});

test('the memory of this machine is known', () => {
  expect(memoryBytes()).toBeGreaterThan(2 ** 28);
});
