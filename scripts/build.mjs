/** Builds what is not built, or older than its sources: everything, or the parts named, such as `sdk`. */
import path from 'node:path';
import { ensureBuilt } from './ensureBuilt.mjs';

const names = process.argv.slice(2);
await ensureBuilt(path.resolve(import.meta.dirname, '..'), names.length > 0 ? names : undefined);
