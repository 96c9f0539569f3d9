/** One round of each fault that takes seconds; `npm run faults` runs all of them, and many rounds. */
import { removeServerBundles } from '#tests/support/serverBundle';
import { type TestEnvironment, createEnvironment } from './environment.ts';
import { crashPostgres } from './scenarios/crashPostgres.ts';
import { gzipCrowd, stalledBodies, trpcCrowd } from './scenarios/hostileBodies.ts';
import { frozenPostgres } from './scenarios/frozenPostgres.ts';
import { killServer } from './scenarios/killServer.ts';
import { lockTable } from './scenarios/lockTable.ts';
import { loseCommitAnswer, loseHttpAnswer } from './scenarios/loseAnswer.ts';
import { negativeControl } from './scenarios/negativeControl.ts';
import { noDescriptors } from './scenarios/noDescriptors.ts';
import { noisyNeighbour } from './scenarios/noisyNeighbour.ts';
import { rollingRestart } from './scenarios/rollingRestart.ts';
import { tooManySockets } from './scenarios/slowSockets.ts';
import { silentConnections } from './scenarios/silentConnections.ts';
import { slowReads } from './scenarios/slowReads.ts';
import { terminateBackend } from './scenarios/terminateBackend.ts';

/** Generous: each scenario judges by itself how long others may wait, and on a busy machine one has taken more than a minute. */
const ROUND_MS = 180_000;

afterAll(removeServerBundles);

/** Enough for calls on their way at any moment; `npm run faults` loads the server with all that the machine can do. */
const PACE_MS = 20;

/** One for all: what a scenario needs in place of a plain server is started on the same database. */
let environment: TestEnvironment;
beforeAll(async () => {
  environment = await createEnvironment();
  environment.paceMs = PACE_MS;
}, ROUND_MS);
afterAll(() => environment.end());

describe('what was acknowledged is stored once and unchanged after', () => {
  test.each([
    killServer,
    crashPostgres,
    terminateBackend,
    lockTable,
    loseHttpAnswer,
    rollingRestart,
    frozenPostgres,
    slowReads,
    noDescriptors,
  ])(
    '$title',
    async (scenario) => {
      const { problems, acked } = await scenario.run(environment);
      expect(problems).toEqual([]);
      expect(acked).toBeGreaterThan(0);
    },
    ROUND_MS,
  );
});

describe('callers that do not cooperate cost others nothing', () => {
  // Its memory is compared with what it takes at rest.
  beforeAll(() => environment.serve({}), ROUND_MS);

  test.each([stalledBodies, trpcCrowd, gzipCrowd])(
    '$title',
    async (scenario) => {
      expect((await scenario.run(environment)).problems).toEqual([]);
    },
    ROUND_MS,
  );
});

describe('with a server of its own', () => {
  // The last one loses rows, as it must.
  test.each([loseCommitAnswer, silentConnections, noisyNeighbour, tooManySockets, negativeControl])(
    '$title',
    async (scenario) => {
      await environment.serve(scenario.environment ?? {});
      const { problems, acked } = await scenario.run(environment);
      expect(problems).toEqual([]);
      expect(acked).toBeGreaterThan(0);
    },
    ROUND_MS,
  );
});
