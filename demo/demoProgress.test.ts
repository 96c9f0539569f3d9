import { DemoProgress, formatProgress } from './demoProgress.ts';

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 80, written, write: (text: string) => written.push(text) };
}

test('shows share, rate and time left', () => {
  expect(formatProgress({ count: 4_200, total: 10_000, elapsedMs: 2_000, unit: 'requests' })).toBe(
    ' 42 %  4,200 of 10,000 requests  2,100/s  3 s left',
  );
  expect(formatProgress({ count: 10, total: 10, elapsedMs: 2_000, unit: 'requests' })).toContain('100 %  10 of 10');
});

test('redraws one line on a terminal, at most ten times a second', () => {
  const output = screen(true);
  let now = 0;
  const progress = new DemoProgress({ total: 100, output, clock: () => now });
  for (let i = 0; i < 100; i += 1) {
    now += 10;
    progress.add(1);
  }
  progress.finish();
  expect(output.written.length).toBeLessThanOrEqual(13);
  expect(output.written.slice(0, -1).every((text) => text.startsWith('\r') && !text.includes('\n'))).toBe(true);
  expect(output.written.at(-1)).toBe('\n');
});

test('writes plain lines where there is no terminal', () => {
  const output = screen(false);
  let now = 0;
  const progress = new DemoProgress({ total: 100, output, clock: () => now });
  for (let i = 0; i < 100; i += 1) {
    now += 200;
    progress.add(1);
  }
  progress.finish();
  expect(output.written.length).toBeLessThan(7);
  expect(output.written.filter((text) => text.includes('\r') || text.includes('\u001b'))).toEqual([]);
  expect(output.written.at(-1)).toBe('100 %  100 of 100 requests  5/s  done in 20 s\n');
});
