/** @jest-config-loader esbuild-register */
/** The tests of the SDK that take minutes: all that depends on the major on four of them, and other libraries in the same program. */
import type { Config } from 'jest';
import root from '../../../jest.config';

const { projects = [] } = root;
const sdk = projects.find((project) => typeof project === 'object' && project.displayName === 'sdk') as object;

const config: Config = {
  ...sdk,
  rootDir: '../../..',
  testMatch: [
    '<rootDir>/sdk/typescript/test/{majors,peers}/*.test.ts',
    // Those of `npm test` that take each major, of which there is one in it.
    '<rootDir>/sdk/typescript/test/{errors,otherLibraries,record,streams,traces,transparency}.test.ts',
  ],
  testTimeout: 120_000,
};

export default config;
