/** `npm start`: builds what is not built, then becomes the server, so that signals reach it directly. */
import path from 'node:path';
import { ensureBuilt } from './ensureBuilt.mjs';

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);
// Meant for this process alone; Postgres inherits the rest of the environment.
delete process.env.MALLOC_MMAP_THRESHOLD_;
await ensureBuilt(root);
await import('../dist/server.js');
