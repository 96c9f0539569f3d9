/** @jest-config-loader esbuild-register */
/** The tests of the SDK that take minutes: all that depends on the major on four of them, and other libraries in the same program. */
import type { Config } from 'jest';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import root from '../../../jest.config';

const { projects = [] } = root;
const sdk = projects.find((project) => typeof project === 'object' && project.displayName === 'sdk') as object;

/** Those of `npm test` that take each major, of which there is one in it. */
const testsOfMajors = readdirSync(__dirname).filter(
  (file) => file.endsWith('.test.ts') && readFileSync(join(__dirname, file), 'utf8').includes('.each(MAJORS)'),
);

const config: Config = {
  ...sdk,
  rootDir: '../../..',
  testMatch: [
    '<rootDir>/sdk/typescript/test/{majors,peers}/*.test.ts',
    ...testsOfMajors.map((file) => `<rootDir>/sdk/typescript/test/${file}`),
  ],
  testTimeout: 120_000,
};

export default config;
