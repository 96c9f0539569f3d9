/** All faults, in the order in which they are played. */
import type { Scenario } from './scenario.ts';
import { crashPostgres } from './scenarios/crashPostgres.ts';
import { diskFull } from './scenarios/diskFull.ts';
import { flood } from './scenarios/flood.ts';
import { killServer } from './scenarios/killServer.ts';
import { lockTable } from './scenarios/lockTable.ts';
import { loseCommitAnswer, loseHttpAnswer } from './scenarios/loseAnswer.ts';
import { negativeControl } from './scenarios/negativeControl.ts';
import { noisyNeighbour } from './scenarios/noisyNeighbour.ts';
import { lockControl, overlappingDeploy, startsAtOnce, startSignals } from './scenarios/oneFolder.ts';
import { rollingRestart } from './scenarios/rollingRestart.ts';
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
  negativeControl,
  overlappingDeploy,
  startsAtOnce,
  startSignals,
  lockControl,
];
