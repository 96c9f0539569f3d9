/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const transform: Config['transform'] = {
  '^.+\\.(ts|tsx|mts)$': [
    '@swc/jest',
    {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', tsx: true, decorators: true },
        transform: { legacyDecorator: true, react: { runtime: 'automatic' } },
      },
    },
  ],
};

/**
 * Each test file has globals of its own, in which Node looks a name up so slowly that code which counts takes six times as long.
 * What no test replaces is a parameter of each module instead. Left out: what packages declare by that name (`Buffer`), and what
 * fake timers replace (`Date`, `performance`).
 */
const sandboxInjectedGlobals = [
  ...[
    'Object',
    'Array',
    'String',
    'Number',
    'Boolean',
    'Symbol',
    'BigInt',
    'Function',
    'RegExp',
    'Map',
    'Set',
    'WeakMap',
    'WeakSet',
  ],
  ...[
    'Math',
    'JSON',
    'Reflect',
    'Proxy',
    'Promise',
    'Error',
    'TypeError',
    'RangeError',
    'Infinity',
    'parseInt',
    'parseFloat',
  ],
  ...[
    'ArrayBuffer',
    'DataView',
    'Uint8Array',
    'Uint16Array',
    'Uint32Array',
    'Int32Array',
    'Float64Array',
    'BigInt64Array',
    'BigUint64Array',
  ],
];

const base = {
  transform,
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'json', 'node'],
  sandboxInjectedGlobals,
};

/** For those that wait for programs beside them. */
const REPEAT_ONCE = '<rootDir>/tests/support/repeatOnce.ts';

/**
 * unit: in memory. db: a real Postgres. e2e: the built product in a real browser. sdk: the real `openai` package.
 */
const config: Config = {
  // A wait for something that never comes ends; on a busy machine five seconds, the default, end what only takes long.
  testTimeout: 20_000,
  testSequencer: '<rootDir>/tests/support/longestFirst.mjs',
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/{server,shared,client,demo,tests,bench,scripts}/**/*.test.ts?(x)'],
      testPathIgnorePatterns: ['/node_modules/', '\\.db\\.test\\.ts$'],
    },
    {
      ...base,
      displayName: 'db',
      testMatch: ['<rootDir>/{server,demo,tests,bench,scripts,examples}/**/*.db.test.ts'],
      globalSetup: '<rootDir>/tests/support/globalSetup.ts',
      globalTeardown: '<rootDir>/tests/support/globalTeardown.ts',
      setupFilesAfterEnv: [REPEAT_ONCE, '<rootDir>/tests/support/statementGuard.ts'],
    },
    {
      ...base,
      displayName: 'e2e',
      testMatch: ['<rootDir>/tests/e2e/**/*.e2e.ts'],
      globalSetup: '<rootDir>/tests/e2e/globalSetup.ts',
      globalTeardown: '<rootDir>/tests/e2e/globalTeardown.ts',
      setupFilesAfterEnv: [REPEAT_ONCE],
    },
    {
      ...base,
      displayName: 'sdk',
      // Those of `majors/` and `peers/` take minutes and installs of their own: `npm run test:majors`, `npm run test:peers`.
      testMatch: ['<rootDir>/sdk/typescript/test/*.test.ts'],
      // Four majors of `openai`, installed beside the tests and nowhere else.
      globalSetup: '<rootDir>/sdk/typescript/test/globalSetup.mjs',
      setupFilesAfterEnv: [REPEAT_ONCE, '<rootDir>/sdk/typescript/test/setup.ts'],
      // The SDK writes NodeNext imports (`./x.js`); its sources are TypeScript.
      moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    },
  ],
};

export default config;
