import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installFolder } from './installFolder.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Tests of whole processes run the build as a user's program would; it has a folder of its own. */
export default function setUp() {
  installFolder(join(here, 'majors'));
  execFileSync(process.execPath, [join(here, '..', 'build.mjs'), join(here, 'dist')], { stdio: 'inherit' });
}
