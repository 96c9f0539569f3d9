import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { firstChunks } from './firstChunks.ts';
import { iconModules } from './iconModules.ts';
import { mantineStyles } from './mantineStyles.ts';
import { precompress } from './precompress.ts';

const SERVER = 'http://localhost:8000';

export default defineConfig(({ command }) => {
  // A test runner sets "test", with which React would be built as its slow development version, and stay in dist.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    plugins: [iconModules(), react(), mantineStyles(), precompress()],
    // One build works under any path: files point to each other relatively, and only index.html names where they lie.
    experimental: {
      renderBuiltUrl: (filename, { hostType }) => (hostType === 'html' ? `/${filename}` : { relative: true }),
    },
    build: {
      outDir: '../dist/client',
      emptyOutDir: true,
      // Only the API reference is as large, and only its own page loads it.
      chunkSizeWarningLimit: 1_700,
      rolldownOptions: {
        input: {
          dashboard: path.join(import.meta.dirname, 'index.html'),
          reference: path.join(import.meta.dirname, 'reference', 'index.html'),
        },
        output: {
          codeSplitting: {
            groups: [{ debugName: 'first page', name: firstChunks(), includeDependenciesRecursively: false }],
          },
        },
      },
      // Browsers that know light-dark(): its rewriting for older ones loses the colors of our themes.
      cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    },
    server: {
      port: 5173,
      strictPort: true,
      proxy: { '/api': SERVER, '/trpc': SERVER, '/health': SERVER },
    },
  };
});
