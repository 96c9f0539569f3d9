import { formatTick, panBy, placeIn, placeWords, ticksOf, wholeOf, zoomBy, zoomTo } from './timeScale.ts';

const SECOND = { from: 1_000, to: 2_000 };

test('the whole goes from the first beginning to the last known end, and is never empty', () => {
  expect(wholeOf([{ start: 5, end: 9 }, { start: 3, end: null }, { start: 4, end: 20 }])).toEqual({ from: 3, to: 20 }); // prettier-ignore
  expect(wholeOf([{ start: 5, end: null }])).toEqual({ from: 5, to: 6 });
  expect(wholeOf([])).toEqual({ from: 0, to: 1 });
});

test('a bar lies where its step ran, cut at the ends of the view, and is not there outside of it', () => {
  expect(placeIn(SECOND, 1_250, 1_750)).toEqual({ left: 0.25, width: 0.5 });
  expect(placeIn(SECOND, 0, 1_500)).toEqual({ left: 0, width: 0.5 });
  expect(placeIn(SECOND, 1_500, 9_000)).toEqual({ left: 0.5, width: 0.5 });
  expect(placeIn(SECOND, 0, 500)).toBeNull();
  expect(placeIn(SECOND, 2_500, 2_600)).toBeNull();
});

test('a drag zooms to what was dragged over in either direction; a click does not', () => {
  expect(zoomTo(SECOND, 0.25, 0.75)).toEqual({ from: 1_250, to: 1_750 });
  expect(zoomTo(SECOND, 0.75, 0.25)).toEqual({ from: 1_250, to: 1_750 });
  expect(zoomTo(SECOND, 0.5, 4)).toEqual({ from: 1_500, to: 2_000 });
  expect(zoomTo(SECOND, 0.5, 0.501)).toBeUndefined();
});

test('pan and zoom stay within the whole', () => {
  const view = { from: 1_400, to: 1_600 };
  expect(panBy(view, 0.5, SECOND)).toEqual({ from: 1_500, to: 1_700 });
  expect(panBy(view, -99, SECOND)).toEqual({ from: 1_000, to: 1_200 });
  expect(panBy(view, 99, SECOND)).toEqual({ from: 1_800, to: 2_000 });
  expect(zoomBy(view, 0.5, 0.5, SECOND)).toEqual({ from: 1_450, to: 1_550 });
  expect(zoomBy(view, 100, 0.5, SECOND)).toEqual(SECOND);
});

test('the axis has round marks since the beginning, few enough to be read', () => {
  expect(ticksOf({ from: 1_000, to: 60_000 }, 1_000, 6).map(({ ms }) => ms)).toEqual([
    0, 10_000, 20_000, 30_000, 40_000, 50_000,
  ]);
  expect(ticksOf(SECOND, 1_000, 5)).toHaveLength(6);
  expect(ticksOf({ from: 0, to: 400 * 3_600_000 }, 0, 6).length).toBeLessThanOrEqual(7);
  expect([0, 250, 1_500, 90_000, 7_200_000].map(formatTick)).toEqual(['0', '250 ms', '1.5 s', '1.5 min', '2 h']);
});

test('a short axis shows more than where it begins: the words of the last mark stand before it', () => {
  const of = (width: number) =>
    placeWords(ticksOf({ from: 0, to: 6_530 }, 0, Math.max(1, Math.floor(width / 48))), width).map(({ ms, isEnd }) => [
      ms,
      isEnd,
    ]);
  expect(of(153)).toEqual([
    [0, false],
    [5_000, true],
  ]);
  expect(of(90)).toEqual([[0, false]]);
  // Behind its mark `500 ms` would be cut at the end.
  expect(
    placeWords(
      [0, 500].map((ms) => ({ at: ms / 704, ms })),
      153,
    ).map(({ isEnd }) => isEnd),
  ).toEqual([false, true]);
});
