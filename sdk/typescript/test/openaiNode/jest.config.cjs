/** The generated tests of openai-node, by its own jest, with every client tracked. */
const { join } = require('node:path');

const checkout = process.env.OPENAI_NODE;
const patterns = require(join(checkout, 'scripts', 'generated-test-patterns.json'));

module.exports = {
  rootDir: checkout,
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/scripts/jest-setup.ts'],
  testMatch: patterns.map((one) => `<rootDir>/${one}${one.endsWith('.test.ts') ? '' : '/**/*.test.ts'}`),
  transform: {
    'src/client\\.ts$': join(__dirname, 'jestTransform.cjs'),
    '^.+\\.(t|j)sx?$': ['@swc/jest', { sourceMaps: 'inline' }],
  },
  moduleNameMapper: { '^openai$': '<rootDir>/src/index.ts', '^openai/(.*)$': '<rootDir>/src/$1' },
  modulePathIgnorePatterns: ['<rootDir>/ecosystem-tests/', '<rootDir>/dist/', '<rootDir>/deno/', '<rootDir>/packages/'],
  testPathIgnorePatterns: ['scripts', '<rootDir>/tests/live/'],
  cache: false,
};
