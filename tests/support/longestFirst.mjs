/**
 * The order of test files: what takes longest first and what is soon over last, so that no file runs alone at the end. Jest itself
 * knows how long a file takes where it ran before; in a fresh clone it goes by the size of the file, which says little of a test
 * that starts programs.
 */
import TestSequencer from '@jest/test-sequencer';

const Sequencer = TestSequencer.default ?? TestSequencer; // A module of CommonJS.

/** Longer than twenty seconds: each starts servers, browsers, installs or threads of its own, or repeats others. */
const LONG = [
  'server/rest/ingestWorkers.db.test.ts',
  'sdk/typescript/test/contain.test.ts',
  'sdk/typescript/test/contain2.test.ts',
  'server/db/embeddedPostgres.db.test.ts',
  'server/db/dataFolder.db.test.ts',
  'sdk/typescript/test/packed.test.ts',
  'sdk/typescript/test/process.test.ts',
  'scripts/readme.db.test.ts',
  'scripts/firstRun.db.test.ts',
  'scripts/python.db.test.ts',
  'tests/copiedCalls.db.test.ts',
  'server/search/crash.db.test.ts',
  'server/severalServers.db.test.ts',
  'server/startServer.db.test.ts',
  'server/db/ownRows.db.test.ts',
  'server/rest/authorization.db.test.ts',
];
const PROJECTS = ['e2e', 'db', 'sdk', 'unit'];

function rank({ path, context }) {
  const place = LONG.findIndex((file) => path.replaceAll('\\', '/').endsWith(`/${file}`));
  return place >= 0 ? place : LONG.length + PROJECTS.indexOf(context.config.displayName?.name);
}

export default class LongestFirst extends Sequencer {
  /** Within a project the order is jest's own. */
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}
