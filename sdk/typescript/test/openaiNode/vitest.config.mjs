/** openai-node's own configuration, with a plugin that tracks every client. `vitest` is that of the checkout. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const checkout = process.env.OPENAI_NODE;
const { trackClients } = createRequire(import.meta.url)('./trackClients.cjs');
const patterns = createRequire(import.meta.url)(join(checkout, 'scripts', 'generated-test-patterns.json'));

export default {
  root: checkout,
  plugins: [
    {
      name: 'track-clients',
      enforce: 'pre',
      transform(code, id) {
        return id.split('?')[0] === join(checkout, 'src', 'client.ts') ? trackClients(code) : undefined;
      },
    },
  ],
  resolve: {
    alias: [
      { find: /^openai$/, replacement: join(checkout, 'src', 'index.ts') },
      { find: /^openai\/(.*)$/, replacement: join(checkout, 'src', '$1') },
    ],
  },
  test: {
    environment: 'node',
    globals: true,
    testTimeout: 60_000,
    include: ['tests/**/*.test.ts'],
    exclude: [...patterns.map((one) => (one.endsWith('.test.ts') ? one : `${one}/**`)), 'tests/live/**'],
  },
};
