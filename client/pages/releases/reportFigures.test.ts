import type { ReportedFigure } from '#shared/releaseReport';
import { formatDifference, formatFigure, placeInterval } from './reportFigures.ts';

const figure = (value: number | null): ReportedFigure => ({ value, low: value, high: value, requests: 100 });
const judged = (a: number, b: number, low: number | null = null, high: number | null = null) => ({
  a: figure(a),
  b: figure(b),
  difference: { value: b - a, low, high },
  relative: a === 0 ? null : (b - a) / a,
  verdict: 'no_difference' as const,
});

test('figures are written in their unit, and what is not known is not zero', () => {
  expect(formatFigure(0.0321, 'share')).toBe('3.2%');
  expect(formatFigure(0, 'share')).toBe('0%');
  expect(formatFigure(0.0004, 'share')).toBe('0.04%');
  expect(formatFigure(1240, 'ms')).toBe('1.24 s');
  expect(formatFigure(0.000042, 'usd')).toBe('$0.000042');
  expect(formatFigure(812.4, 'tokens')).toBe('812');
  expect(formatFigure(null, 'ms')).toBe('–');
});

test('a difference is a part of what was, and of shares points', () => {
  expect(formatDifference(judged(1000, 1200, 100, 300), 'ms')).toEqual({ value: '+20%', interval: '+10% to +30%' });
  expect(formatDifference(judged(1000, 950, -90, -10), 'ms')).toEqual({ value: '−5.0%', interval: '−9.0% to −1.0%' });
  expect(formatDifference(judged(0, 0.034), 'share')).toEqual({ value: '+3.4 points', interval: null });
  expect(formatDifference(judged(0, 0), 'usd')).toEqual({ value: 'the same', interval: null });
});

test('an interval is drawn around zero, on the side where it lies', () => {
  expect(placeInterval({ value: 2, low: 1, high: 4 })).toEqual({ from: 61.5, to: 96, at: 73 });
  expect(placeInterval({ value: 0, low: -1, high: 1 })).toEqual({ from: 4, to: 96, at: 50 });
  expect(placeInterval({ value: 1, low: null, high: null })).toBeNull();
});
