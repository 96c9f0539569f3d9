import type { MappingNote } from '../mapping.ts';
import { settleUsage } from './usage.ts';

function settle(reported: Parameters<typeof settleUsage>[0]) {
  const notes = new Set<MappingNote>();
  const { input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens } = settleUsage(
    reported,
    notes,
  );
  return {
    counts: [input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens],
    notes: [...notes],
  };
}

describe('totals with their parts', () => {
  test.each([
    [
      'inclusive counts stay',
      { input_tokens: 120, output_tokens: 30, cached_input_tokens: 40, reasoning_tokens: 10 },
      [120, 30, 40, null, 10],
      [],
    ],
    [
      'more cached than input: it lies beside',
      { input_tokens: 20, output_tokens: 5, cached_input_tokens: 100, cache_write_tokens: 30 },
      [150, 5, 100, 30, null],
      ['exclusive_usage'],
    ],
    [
      'reads and writes together are more than the input',
      { input_tokens: 60, output_tokens: 5, cached_input_tokens: 40, cache_write_tokens: 30 },
      [130, 5, 40, 30, null],
      ['exclusive_usage'],
    ],
    [
      'the total says that the cache lies beside',
      { input_tokens: 60, output_tokens: 10, cached_input_tokens: 40, total_tokens: 110 },
      [100, 10, 40, null, null],
      ['exclusive_usage'],
    ],
    [
      'the total says that the cache is in it',
      { input_tokens: 60, output_tokens: 10, cached_input_tokens: 40, total_tokens: 70 },
      [60, 10, 40, null, null],
      [],
    ],
    [
      'more reasoning than output: it lies beside',
      { input_tokens: 9, output_tokens: 4, reasoning_tokens: 50 },
      [9, 54, null, null, 50],
      ['exclusive_usage'],
    ],
    [
      'the total says that reasoning lies beside',
      { input_tokens: 9, output_tokens: 40, reasoning_tokens: 11, total_tokens: 60 },
      [9, 51, null, null, 11],
      ['exclusive_usage'],
    ],
    [
      'cache and reasoning both beside',
      { input_tokens: 10, output_tokens: 20, cached_input_tokens: 5, reasoning_tokens: 7, total_tokens: 42 },
      [15, 27, 5, null, 7],
      ['exclusive_usage'],
    ],
    ['nothing reported is null', {}, [null, null, null, null, null], []],
    [
      'zeros of a stream that told nothing are null',
      { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
      [null, null, null, null, null],
      [],
    ],
    [
      'an answer without a word still has its input',
      { input_tokens: 8, output_tokens: 0 },
      [8, 0, null, null, null],
      [],
    ],
    ['an embedding that tells its total alone', { total_tokens: 7 }, [7, null, null, null, null], []],
  ] as const)('%s', (_, reported, counts, notes) => {
    expect(settle(reported)).toEqual({ counts, notes });
  });
});
