/** Installs the libraries that the tests beside this file run with. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installFolder } from '../installFolder.mjs';

installFolder(dirname(fileURLToPath(import.meta.url)));
