import { listGroups, readGroupPage } from './groupPage.ts';
import type { GroupWindow } from './groupWalk.ts';

/** A million rows without a group, each of which takes so many milliseconds. */
function slowRows(msOfRow: number) {
  const clock = { ms: 0 };
  const sizes: number[] = [];
  let walked = 0;
  const readWindow = async ({ rows }: { rows: number }): Promise<GroupWindow> => {
    sizes.push(rows);
    walked += rows;
    clock.ms += rows * msOfRow;
    return { groups: [], edge: { started_at: `t${walked}`, id: `${walked}` } };
  };
  return { sizes, readWindow, now: () => clock.ms };
}

test.each([0.001, 0.005, 0.02, 0.1])('a page of rows that take %f ms each keeps to its time', async (msOfRow) => {
  const { sizes, readWindow, now } = slowRows(msOfRow);
  const page = await readGroupPage({ limit: 50, position: null, isHeavy: false, now }, readWindow);
  expect(now()).toBeLessThanOrEqual(151);
  const walked = sizes.reduce((sum, rows) => sum + rows, 0);
  // All that the time allows, but for a window that would be too small.
  expect(walked).toBeGreaterThanOrEqual(Math.min(108_500, 150 / msOfRow - 250));
  expect(page).toMatchObject({ groups: [], searchedBackTo: `t${walked}`, next: { id: `${walked}` } });
});

test('what nobody has ends after the first window, and what somebody may have does not', async () => {
  const absent = slowRows(0.001);
  const page = { limit: 50, position: null, isHeavy: false };
  const found = await readGroupPage({ ...page, now: absent.now, mayMatch: async () => false }, absent.readWindow);
  expect(found).toEqual({ groups: [], next: null, searchedBackTo: null });
  expect(absent.sizes).toEqual([500]);
  const rare = slowRows(0.001);
  await readGroupPage({ ...page, now: rare.now, mayMatch: async () => true }, rare.readWindow);
  expect(rare.sizes).toHaveLength(4);
});

test('groups come in the order of the walk, without those that were deleted meanwhile', async () => {
  const found = ['a', 'b', 'c'].map((name, index) => ({ name, started_at: `t${index}`, id: `${index}` }));
  const answer = await listGroups<{ id: string }>(
    { limit: 5 },
    {
      isHeavy: false,
      readWindow: async () => ({ groups: found, edge: null }),
      readSummaries: async () => [{ id: 'c' }, { id: 'a' }],
      nameOf: ({ id }) => id,
    },
  );
  expect(answer).toEqual({ groups: [{ id: 'a' }, { id: 'c' }], next_cursor: null, searched_back_to: null });
});
