/** A23: whatever of ours throws, the caller's call is as without us. Every function of every module is made to throw once. */
import { breakOne, cases, seenWithoutUs, useServers } from './breaking';
import { V6 } from './majors';

useServers();

test('there is something to break', async () => {
  expect(cases.length).toBeGreaterThan(120);
  const seen = await seenWithoutUs(V6);
  expect(seen).toHaveLength(32);
  expect(JSON.stringify(seen)).toContain('spoken');
});

test.each(cases)('A23 %s: %s %s throws', async (...one) => breakOne(V6, one));
