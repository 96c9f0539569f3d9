import type { ContenderFigures, LoadFigures } from './measure.ts';
import { formatPeers, formatRate } from './report.ts';

function aLoad(figures: Partial<LoadFigures> = {}): LoadFigures {
  return {
    ackedLogs: 8_000,
    readableLogs: 8_000,
    seconds: 4,
    lagSeconds: 0.01,
    latency: { p50: 10, p95: 20, p99: 30, max: 40 },
    cpuMs: 0.4,
    memoryMb: 200,
    ...figures,
  };
}

function figuresOf(load: LoadFigures, crash = { ackedLogs: 500, lostLogs: 0 }): ContenderFigures {
  return { firstStartSeconds: 4, startSeconds: 3, loads: [load, load, load], bytesALog: 9_500, crash };
}

function tableOf(peer: ContenderFigures): Record<string, readonly string[]> {
  const column = { protocol: 'OTLP', installedMb: 100 };
  const text = formatPeers([
    { ...column, name: 'Ours', figures: figuresOf(aLoad()) },
    { ...column, name: 'Peer', figures: peer },
  ]);
  return Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.split(/ {2,}/))
      .map(([label, ...cells]) => [label, cells]),
  );
}

test('a peer is told as how many times slower it is, and what of it was not readable in time', () => {
  const ours = aLoad();
  expect(formatRate(ours, ours)).toBe('2,000');
  expect(formatRate(aLoad({ ackedLogs: 1_000, readableLogs: 1_000, seconds: 10 }), ours)).toBe('100 (20×)');
  expect(formatRate(aLoad({ ackedLogs: 1_000, readableLogs: 400, seconds: 20 }), ours)).toBe(
    '20 (100×), 600 of 1,000 not yet',
  );
});

test('says what was lost, and who answers before a log can be read', () => {
  const table = tableOf(figuresOf(aLoad({ lagSeconds: 12 }), { ackedLogs: 1_000, lostLogs: 800 }));
  expect(table['acknowledged and lost by kill -9']).toEqual(['0 of 500', '800 of 1,000 (80 %)']);
  expect(table['answered before it could be read']).toEqual(['no', 'yes, up to 12 s']);
});
