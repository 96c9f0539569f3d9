/** All faults, in the order in which they run. */
import type { Scenario } from './scenario.ts';
import { crashPostgres } from './scenarios/crashPostgres.ts';
import { diskFull } from './scenarios/diskFull.ts';
import { flood } from './scenarios/flood.ts';
import { gzipControl, gzipCrowd, stalledBodies, trpcCrowd } from './scenarios/hostileBodies.ts';
import { frozenPostgres } from './scenarios/frozenPostgres.ts';
import { killServer } from './scenarios/killServer.ts';
import { largeReads, largeReadsControl } from './scenarios/largeReads.ts';
import { lockTable } from './scenarios/lockTable.ts';
import { loseCommitAnswer, loseHttpAnswer } from './scenarios/loseAnswer.ts';
import { negativeControl } from './scenarios/negativeControl.ts';
import { noDescriptors } from './scenarios/noDescriptors.ts';
import { noisyNeighbour } from './scenarios/noisyNeighbour.ts';
import { lockControl, overlappingDeploy, startsAtOnce, startSignals } from './scenarios/oneFolder.ts';
import { rollingRestart } from './scenarios/rollingRestart.ts';
import { tooManySockets, slowSockets } from './scenarios/slowSockets.ts';
import { silentConnections } from './scenarios/silentConnections.ts';
import { slowReads } from './scenarios/slowReads.ts';
import { terminateBackend } from './scenarios/terminateBackend.ts';

export const scenarios: readonly Scenario[] = [
  killServer,
  crashPostgres,
  terminateBackend,
  lockTable,
  loseCommitAnswer,
  loseHttpAnswer,
  rollingRestart,
  diskFull,
  flood,
  noisyNeighbour,
  gzipCrowd,
  trpcCrowd,
  stalledBodies,
  slowSockets,
  tooManySockets,
  largeReads,
  largeReadsControl,
  silentConnections,
  frozenPostgres,
  slowReads,
  noDescriptors,
  negativeControl,
  gzipControl,
  overlappingDeploy,
  startsAtOnce,
  startSignals,
  lockControl,
];
