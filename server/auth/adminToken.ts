/** The operator's token that every data folder holds, for whoever may read the folder. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { generateApiKey } from './apiKeySecret.ts';

const FILE = 'admin-token';
/** Longer than any token that a header could carry. */
const MAX_BYTES = 4_096;

export type AdminTokenFile =
  | { readonly file: string; readonly token: string }
  /** `problem`: why there is no token, as the rest of a sentence that begins with the file. */
  | { readonly file: string; readonly token: null; readonly problem: string };

/**
 * Reads the token, making it where there is none. A folder that cannot hold it does not stop the start: calls from the
 * machine itself and `PROMPTLAB_ADMIN_TOKEN` do without it.
 */
export function ensureAdminToken(dataDir: string): AdminTokenFile {
  const file = path.join(dataDir, FILE);
  try {
    fs.mkdirSync(dataDir, { recursive: true });
    createOnce(file);
    return { file, token: read(file) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { file, token: null, problem: error instanceof UnsafeFileError ? reason : `cannot be used (${reason})` };
  }
}

class UnsafeFileError extends Error {}

/** Written beside it and linked into place, so that of two starts one wins and nobody reads half a token. */
function createOnce(file: string): void {
  if (fs.existsSync(file)) return;
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  const descriptor = fs.openSync(fresh, 'wx', 0o600);
  try {
    fs.writeSync(descriptor, `${generateApiKey('pl_admin_').key}\n`);
    fs.fsyncSync(descriptor);
    fs.linkSync(fresh, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    fs.closeSync(descriptor);
    fs.unlinkSync(fresh);
  }
  syncFolder(path.dirname(file));
}

/** @throws {UnsafeFileError} for a file that others could have written or can read. */
function read(file: string): string {
  // Never through a link: it could lead to a file that somebody else chose.
  const descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const { mode, uid, size } = fs.fstatSync(descriptor);
    const uidOfServer = process.geteuid?.();
    if ((mode & fs.constants.S_IFMT) !== fs.constants.S_IFREG || size > MAX_BYTES) {
      throw new UnsafeFileError('is not a file with a token; remove it and start again');
    }
    if (uidOfServer !== undefined && uid !== uidOfServer) {
      throw new UnsafeFileError('belongs to another user; remove it and start again');
    }
    if ((mode & 0o077) !== 0) throw new UnsafeFileError('can be read by others; remove it and start again');
    const token = fs.readFileSync(descriptor, 'latin1').trim();
    if (!/^[!-+\--~]{16,}$/.test(token)) throw new UnsafeFileError('holds no token; remove it and start again');
    return token;
  } finally {
    fs.closeSync(descriptor);
  }
}

function syncFolder(folder: string): void {
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
