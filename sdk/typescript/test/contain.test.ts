/** A23: whatever of ours throws, the caller's call is as without us. Every function of every module is made to throw once. */
import { breakOne, casesOfPart, seenWithoutUs, useServers } from './breaking';
import { V6 } from './majors';

useServers();

test('there is something to break', async () => {
  expect(casesOfPart(0).length + casesOfPart(1).length).toBeGreaterThan(200);
  const seen = await seenWithoutUs(V6);
  expect(seen).toHaveLength(34);
  expect(JSON.stringify(seen)).toContain('spoken');
});

test.each(casesOfPart(0))('A23 %s: %s %s throws', async (...one) => breakOne(V6, one));
