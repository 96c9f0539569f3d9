/** @jest-config-loader esbuild-register */
/** The tests of the SDK that take minutes: each function broken on four majors, and other libraries in the same program. */
import type { Config } from 'jest';
import root from '../../../jest.config';

const { projects = [] } = root;
const sdk = projects.find((project) => typeof project === 'object' && project.displayName === 'sdk') as object;

const config: Config = {
  ...sdk,
  rootDir: '../../..',
  testMatch: ['<rootDir>/sdk/typescript/test/{majors,peers}/*.test.ts'],
  testTimeout: 120_000,
};

export default config;
