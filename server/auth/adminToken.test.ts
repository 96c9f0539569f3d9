import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureAdminToken } from './adminToken.ts';

let folder: string;
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'promptlab-token-')), 'data');
});
afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));
const file = () => path.join(folder, 'admin-token');

test('the first start makes a token that the user alone may read, and later ones keep it', () => {
  const made = ensureAdminToken(folder);
  expect(made).toEqual({ file: file(), token: expect.stringMatching(/^pl_admin_[0-9A-Za-z]{43}$/) });
  expect(fs.statSync(file()).mode & 0o777).toBe(0o600);
  expect(ensureAdminToken(folder)).toEqual(made);
  expect(fs.readdirSync(folder)).toEqual(['admin-token']);
});

test('no two folders have the same, and one that was removed is made anew', () => {
  const first = ensureAdminToken(folder).token;
  fs.unlinkSync(file());
  expect(ensureAdminToken(folder).token).not.toBe(first);
});

test.each<[string, () => void, RegExp]>([
  ['that others can read', () => fs.writeFileSync(file(), `${'x'.repeat(40)}\n`, { mode: 0o644 }), /read by others/],
  ['that is empty', () => fs.writeFileSync(file(), '', { mode: 0o600 }), /holds no token/],
  ['with a short token', () => fs.writeFileSync(file(), 'short', { mode: 0o600 }), /holds no token/],
  ['that is too large', () => fs.writeFileSync(file(), 'x'.repeat(5_000), { mode: 0o600 }), /not a file with a token/],
  ['that is a folder', () => fs.mkdirSync(file()), /not a file with a token/],
  [
    'that is a link',
    () => {
      fs.writeFileSync(path.join(folder, 'other'), 'x'.repeat(40), { mode: 0o600 });
      fs.symlinkSync(path.join(folder, 'other'), file());
    },
    /cannot be used/,
  ],
])('a file %s is not taken, and says why; the start goes on', (_, prepare, problem) => {
  fs.mkdirSync(folder);
  prepare();
  expect(ensureAdminToken(folder)).toMatchObject({ token: null, problem: expect.stringMatching(problem) });
});

test('a folder that cannot be made stops nothing', () => {
  fs.writeFileSync(folder, 'a file');
  expect(ensureAdminToken(folder)).toMatchObject({ token: null, problem: expect.stringMatching(/cannot be used/) });
});

(process.getuid?.() === 0 ? describe : describe.skip)('as root', () => {
  test('a file of another user is not taken', () => {
    fs.mkdirSync(folder);
    fs.writeFileSync(file(), 'x'.repeat(40), { mode: 0o600 });
    fs.chownSync(file(), 65_534, 65_534);
    expect(ensureAdminToken(folder)).toMatchObject({ token: null, problem: expect.stringMatching(/another user/) });
  });
});
