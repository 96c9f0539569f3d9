/** A23 on the other majors, by `npm run test:majors`: what of ours meets the library is made to throw there too. */
import { breakOne, cases, useServers } from '../breaking';
import { ALL_MAJORS, V6 } from '../majors';

useServers();

/** All else sees none of it. */
const MEETS_LIBRARY =
  /^(?:providers\/|runtime\/(?:unconsumedStreams|hiddenProperty|wrapMethod|accessors)$|record\/(?:callExtras|callRecorder|snapshot)$|client\/(?:recorder|track|unknownClient)$)/;
const met = cases.filter(([module]) => MEETS_LIBRARY.test(module));

describe.each(ALL_MAJORS.filter((major) => major !== V6))('$name', (major) => {
  test.each(met)('A23 %s: %s %s throws', async (...one) => breakOne(major, one));
});
