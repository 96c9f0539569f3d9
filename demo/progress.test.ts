import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Progress } from './progress.ts';

test('on a pipe it writes plain lines: counts, the step and no control characters', async () => {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const progress = new Progress({ total: 4_200, unit: 'requests', stream, lineMs: 20 });
  progress.step('first');
  progress.add(2_100);
  await sleep(60);
  progress.add(2_100);
  progress.end();
  await sleep(10);
  expect(text).toMatch(/50 % {2}2,100 of 4,200 requests .*first\n/);
  expect(text).toMatch(/100 % {2}4,200 of 4,200 requests/);
  expect(text).not.toContain('\u001b');
});
