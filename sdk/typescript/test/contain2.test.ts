/** A23, the other half: in a file of its own, so that two workers share them. */
import { breakOne, casesOfPart, useServers } from './breaking';
import { V6 } from './majors';

useServers();

test.each(casesOfPart(1))('A23 %s: %s %s throws', async (...one) => breakOne(V6, one));
