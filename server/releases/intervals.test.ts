/** Against published values, and by drawing samples: an interval that holds too seldom fails. */
import fc from 'fast-check';
import {
  differenceInterval,
  meanInterval,
  quantileInterval,
  quantileRanks,
  ratioInterval,
  shareInterval,
  type Interval,
  zOf,
} from './intervals.ts';

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Of a normal distribution. */
function normals(next: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** How often an interval of `draws` samples holds the true value. */
function coverage(draws: number, truth: number, sample: () => Interval): number {
  let held = 0;
  for (let draw = 0; draw < draws; draw++) {
    const { low, high } = sample();
    if (low <= truth && truth <= high) held++;
  }
  return held / draws;
}

test.each([
  [0.05, 1.959963984540054],
  [0.01, 2.5758293035489004],
  [0.001, 3.2905267314918945],
  [1e-6, 4.891638475698862],
])('the normal quantile of %d is %d', (alpha, z) => {
  expect(zOf(alpha)).toBeCloseTo(z, 10);
});

describe('shares', () => {
  // Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%d of %d is %d to %d', (part, total, low, high) => {
    const found = shareInterval(part, total, 0.05);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  // Newcombe, Interval estimation for the difference between independent proportions, 1998, table II, method 10.
  test.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])('%d of %d less %d of %d is %d to %d', (part1, total1, part2, total2, low, high) => {
    const found = differenceInterval(shareInterval(part2, total2, 0.05), shareInterval(part1, total1, 0.05));
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  test('hold the share, and stay between 0 and 1', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), fc.double({ min: 1e-9, max: 0.3, noNaN: true }), (one, other, alpha) => {
        const [part, total] = [Math.min(one, other), Math.max(one, other, 1)];
        const { value, low, high } = shareInterval(part, total, alpha);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
      }),
    );
  });

  test('two groups without a difference are seldom told apart', () => {
    const next = random(1);
    const draw = (total: number) =>
      shareInterval(Array.from({ length: total }).filter(() => next() < 0.03).length, total, 0.05);
    expect(coverage(4_000, 0, () => differenceInterval(draw(200), draw(300)))).toBeGreaterThan(0.94);
  });
});

describe('ratios', () => {
  const positive = fc.tuple(
    fc.double({ min: 0.1, max: 1e4, noNaN: true }),
    fc.double({ min: 1, max: 5, noNaN: true }),
    fc.double({ min: 1, max: 5, noNaN: true }),
  );
  const toMeasured = ([value, below, above]: [number, number, number]) => ({
    value,
    low: value / below,
    high: value * above,
  });

  test('never fall by more than all, hold the difference, and are the same in both directions', () => {
    fc.assert(
      fc.property(positive, positive, (one, other) => {
        const [a, b] = [toMeasured(one), toMeasured(other)];
        const { value, low, high } = ratioInterval(a, b);
        expect(value).toBeCloseTo(b.value - a.value, 5);
        expect(low).toBeGreaterThan(-a.value);
        expect([low, value, high]).toEqual([low, value, high].toSorted((x, y) => x - y));
        const back = ratioInterval(b, a);
        expect((1 + low / a.value) * (1 + back.high / b.value)).toBeCloseTo(1, 9);
      }),
    );
  });

  test('two groups with the same long tail are seldom told apart', () => {
    const normal = normals(random(7));
    const draw = () => {
      const sorted = Float64Array.from({ length: 100 }, () => Math.exp(normal())).sort();
      const { value, low, high } = quantileInterval(sorted, 0.5, 0.05);
      return { value, low: low ?? 0, high: high ?? Infinity };
    };
    expect(coverage(2_000, 0, () => ratioInterval(draw(), draw()))).toBeGreaterThan(0.94);
  });
});

describe('quantiles', () => {
  // Of the median at 95 %: Conover 1999, and any table of order statistics.
  test.each([
    [6, 1, 6],
    [10, 2, 9],
    [20, 6, 15],
    [30, 10, 21],
    [50, 18, 33],
    [100, 40, 61],
  ])('the median of %d lies between the values %d and %d', (total, low, high) => {
    expect(quantileRanks(total, 0.5, 0.05)).toEqual({ low, high });
  });

  test('of too few values there is no interval', () => {
    expect(quantileRanks(5, 0.5, 0.05)).toBeNull();
    // 0.95 to the power of n must be at most 0.025.
    expect(quantileRanks(71, 0.95, 0.05)).toBeNull();
    expect(quantileRanks(72, 0.95, 0.05)).toMatchObject({ high: 72 });
  });

  test('of very many it is found as well, close to the normal one', () => {
    const { low, high } = quantileRanks(20_000, 0.95, 0.05) ?? { low: 0, high: 0 };
    const half = 1.96 * Math.sqrt(20_000 * 0.95 * 0.05);
    expect(Math.abs(low - (19_000 - half))).toBeLessThan(2);
    expect(Math.abs(high - (19_000 + half))).toBeLessThan(2.5);
  });

  test('enclose the quantile, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0.5, 0.95, 0.99),
        fc.constantFrom(0.05, 0.01),
        (values, part, alpha) => {
          const sorted = Float64Array.from(values).sort();
          const { value, low, high } = quantileInterval(sorted, part, alpha);
          expect(values).toContain(value);
          expect(low ?? value).toBeLessThanOrEqual(value);
          expect(high ?? value).toBeGreaterThanOrEqual(value);
        },
      ),
    );
  });

  test('hold as often as they say, of values with a long tail', () => {
    const [next, normal] = [random(2), normals(random(3))];
    const tailed = () => Math.exp(normal() * 1.2 + next());
    const sorted = Float64Array.from({ length: 200_000 }, tailed).sort();
    const truth = sorted[190_000] ?? 0;
    const draw = () => quantileInterval(Float64Array.from({ length: 150 }, tailed).sort(), 0.95, 0.05);
    expect(
      coverage(3_000, truth, () => {
        const { low, high } = draw();
        return { low: low ?? 0, high: high ?? Infinity };
      }),
    ).toBeGreaterThan(0.945);
  });
});

describe('means', () => {
  test('of values without skewness it is the normal interval', () => {
    const values = Array.from({ length: 101 }, (_, n) => n);
    const { value, low, high } = meanInterval(values, 0.05);
    const half =
      (1.959963984540054 * Math.sqrt(values.reduce((sum, n) => sum + (n - 50) ** 2, 0) / 100)) / Math.sqrt(101);
    expect(value).toBe(50);
    expect(low).toBeCloseTo(50 - half, 8);
    expect(high).toBeCloseTo(50 + half, 8);
  });

  test('of one value many times it is that value', () => {
    expect(meanInterval([3, 3, 3], 0.05)).toEqual({ value: 3, low: 3, high: 3 });
  });

  // The usual interval holds 87 and 90 times of 100 here, since it reaches as far down as up.
  test.each([
    [50, 0.895],
    [200, 0.92],
  ])('of %d costs with a long tail it holds more than %d of the time', (total, least) => {
    const normal = normals(random(total));
    const draw = () =>
      meanInterval(
        Float64Array.from({ length: total }, () => Math.exp(normal())),
        0.05,
      );
    expect(coverage(3_000, Math.exp(0.5), draw)).toBeGreaterThan(least);
  });

  test('encloses the mean, and is never below zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 30, maxLength: 200 }),
        (values) => {
          const { value, low, high } = meanInterval(values, 0.05);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(value + 1e-9);
          expect(high).toBeGreaterThanOrEqual(value - 1e-9);
        },
      ),
    );
  });
});
