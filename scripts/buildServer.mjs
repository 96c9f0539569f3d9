/** Bundles the server's own files into dist/server.js; packages stay in node_modules. */
import { build } from 'esbuild';

await build({
  entryPoints: {
    server: 'server/main.ts',
    ingestThread: 'server/rest/ingestThread.ts',
    searchIndexThread: 'server/search/indexThread.ts',
    demo: 'demo/main.ts',
    resetPassword: 'server/resetPassword.ts',
    checkRollups: 'server/checkRollups.ts',
  },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});
