/** Builds what is not built, or older than its sources. */
import path from 'node:path';
import { ensureBuilt } from './ensureBuilt.mjs';

await ensureBuilt(path.resolve(import.meta.dirname, '..'));
