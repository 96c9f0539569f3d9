import fc from 'fast-check';
import { boundsOf, formatTime, labelTime, readTime, shiftTime, zoomTime } from './timeRange.ts';

const NOW = Date.parse('2026-11-26T12:00:30Z');
const shift = (text: string, direction: -1 | 1) => {
  const range = shiftTime(readTime(text), direction, NOW);
  return range && formatTime(range);
};
const zoom = (text: string | null, direction: 'in' | 'out') => {
  const range = zoomTime(text === null ? null : readTime(text), direction, NOW);
  return range && formatTime(range);
};

test.each([
  '25m',
  '24h',
  '3d',
  '2w',
  '2026-11-01T00:00Z..2026-11-02T00:00Z',
  '2026-11-01T00:00:01Z..',
  '..2026-11-01T00:00:00.500Z',
])('%s is read and said again as it is', (text) => {
  const range = readTime(text);
  expect(range && formatTime(range)).toBe(text);
});

test.each([
  '',
  '2 h',
  '0h',
  '99999999d',
  '-1h',
  '5y',
  '..',
  'yesterday',
  '2026-11-01..2026-11-02',
  '2026-11-02T00:00Z..2026-11-01T00:00Z',
  '2026-13-01T00:00Z..',
  '24h..',
  '0000-01-01T00:00Z..',
])('%j is no time', (text) => {
  expect(readTime(text)).toBeNull();
});

test('the API is asked for times; an age begins on a full minute and ends with what comes in', () => {
  const bounds = (text: string) => {
    const range = readTime(text);
    return range && boundsOf(range, NOW);
  };
  expect(bounds('1h')).toEqual({ from: '2026-11-26T11:00:00.000Z' });
  expect(bounds('2026-11-01T00:00+01:00..')).toEqual({ from: '2026-10-31T23:00:00.000Z' });
  expect(bounds('..2026-11-01T00:00 01:00')).toEqual({ to: '2026-10-31T23:00:00.000Z' });
});

test('a range is called by its length or its ends', () => {
  const label = (text: string) => {
    const range = readTime(text);
    return range && labelTime(range, 'UTC');
  };
  expect(label('1h')).toBe('Last hour');
  expect(label('3d')).toBe('Last 3 days');
  expect(label('2025-11-01T00:00Z..2025-11-02T08:30Z')).toBe('1 Nov 2025, 00:00 – 2 Nov 2025, 08:30');
  expect(label('2025-11-01T00:00Z..')).toBe('Since 1 Nov 2025, 00:00');
});

test('a shift goes to the range before or after, a zoom to half or twice of it', () => {
  expect(shift('2026-11-02T00:00Z..2026-11-03T00:00Z', -1)).toBe('2026-11-01T00:00Z..2026-11-02T00:00Z');
  expect(shift('1h', -1)).toBe('2026-11-26T10:00:30Z..2026-11-26T11:00:30Z');
  expect(zoom('24h', 'in')).toBe('12h');
  expect(zoom('12h', 'out')).toBe('24h');
  expect(zoom('24h', 'out')).toBe('2d');
  expect(zoom('1m', 'in')).toBe('1m');
  expect(zoom(null, 'in')).toBe('24h');
  expect(zoom(null, 'out')).toBeNull();
  expect(zoom('2026-11-01T00:00Z..2026-11-03T00:00Z', 'in')).toBe('2026-11-01T12:00Z..2026-11-02T12:00Z');
});

test('whatever is shifted and zoomed can be read again', () => {
  const start = fc.constantFrom(
    '15m',
    '7h',
    '90d',
    '2026-11-01T00:00Z..2026-11-02T00:00Z',
    '2026-11-01T00:00Z..',
    '..2026-11-01T00:00Z',
  );
  const step = fc.constantFrom('earlier', 'later', 'in', 'out');
  fc.assert(
    fc.property(start, fc.array(step, { maxLength: 40 }), (text, steps) => {
      let range = readTime(text);
      for (const one of steps) {
        if (one === 'in' || one === 'out') range = zoomTime(range, one, NOW);
        else range = shiftTime(range, one === 'later' ? 1 : -1, NOW);
      }
      const said = range && formatTime(range);
      expect(said && readTime(said)).toEqual(range);
    }),
  );
});
