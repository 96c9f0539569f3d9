import { outputSpeed } from './outputSpeed.ts';

const stream = { latency_ms: 3_200, ttft_ms: 2_890, output_tokens: 31, reasoning_tokens: null };

test.each([
  ['from the first token on', stream, 100],
  ['the same where nothing was reasoned', { ...stream, reasoning_tokens: 0 }, 100],
  [
    'over the whole call where hidden reasoning came first',
    { ...stream, output_tokens: 358, reasoning_tokens: 317 },
    112,
  ],
  ['unknown without a count', { ...stream, output_tokens: null }, null],
  ['unknown without a first token', { ...stream, ttft_ms: null }, null],
  ['unknown where all came at once', { ...stream, ttft_ms: 3_200 }, null],
  ['unknown where no model is as fast', { ...stream, ttft_ms: 3_199 }, null],
  ['unknown of nothing', { ...stream, output_tokens: 0 }, null],
])('tokens a second are %s', (_, request, speed) => {
  expect(outputSpeed(request)).toBe(speed);
});
