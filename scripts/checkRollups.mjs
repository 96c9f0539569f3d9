/** `npm run check-rollups`: builds what is not built, then compares the rollups with the requests. */
import path from 'node:path';
import { ensureBuilt } from './ensureBuilt.mjs';

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);
await ensureBuilt(root, ['server']);
await import('../dist/checkRollups.js');
