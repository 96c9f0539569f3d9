/** `npm run reset-password`: builds what is not built, then resets the password of the embedded database. */
import path from 'node:path';
import { ensureBuilt } from './ensureBuilt.mjs';

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);
await ensureBuilt(root, ['server']);
await import('../dist/resetPassword.js');
