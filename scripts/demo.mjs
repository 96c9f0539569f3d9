/** `npm run demo`: builds what is not built, then fills the demo organization. */
import path from 'node:path';
import { ensureBuilt } from './ensureBuilt.mjs';

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);
await ensureBuilt(root, ['server']);
await import('../dist/demo.js');
