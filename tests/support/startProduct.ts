/** Starts the real, built product in a process and a data folder of its own, as a user would. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { spawnServerChild, untilReady } from './serverChild.ts';
import { signInByLink } from './signInByLink.ts';

/** A product that is ready. */
export interface Product {
  /** Such as `http://localhost:43210`. */
  readonly url: string;
  /** The key that the link of a first start opens, with all scopes. Empty on a folder where a key was used before. */
  readonly apiKey: string;
  readonly pid: number;
  readonly dataDir: string;
  /** Everything the process has printed. */
  output(): string;
  /** Ends the process; the folder stays when it was given. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** What differs from a first start in an empty folder. */
export interface ProductOptions {
  /** What is run in place of the server itself, such as `['npm', 'start']`; `pid` and `stop` are then those of it. */
  readonly command?: readonly [program: string, ...parameters: string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** True: the link of the first start is left for the test to open, and `apiKey` is empty. */
  readonly keepLink?: boolean;
  /** Kept after `stop`. Default: a temporary folder that is removed. */
  readonly dataDir?: string;
}

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const PackageJson = z.object({ scripts: z.object({ start: z.string() }) });

/** Builds what is older than its sources. */
export function buildProduct(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Resolves when the product is ready to serve. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  buildProduct();
  const dataDir = options.dataDir ?? makeDataDir();
  const server = spawnServerChild(options.command ?? serverCommand(), {
    ...process.env,
    PORT: '0',
    LOG_LEVEL: 'warn',
    PROMPTLAB_DATA_DIR: dataDir,
    ...options.env,
  });
  const url = await untilReady(server);
  return {
    url,
    apiKey: options.keepLink ? '' : await signInByLink(url, server.output()),
    pid: server.pid,
    dataDir,
    output: () => server.output(),
    async stop(signal = 'SIGINT') {
      await server.kill(signal);
      if (options.dataDir === undefined) fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The requests that a product lists, with their payloads; `query` such as `status=success&model=gpt-4o`. */
export async function listRequestsOf(
  { url, apiKey }: Pick<Product, 'url' | 'apiKey'>,
  query: string,
): Promise<Record<string, unknown>[]> {
  const res = await fetch(`${url}/api/v1/requests?${query}`, { headers: { authorization: `Bearer ${apiKey}` } });
  return (await res.json()) as Record<string, unknown>[]; // As the contract says.
}

/** A new temporary folder that the embedded Postgres can reach. */
export function makeDataDir(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'promptlab-'));
  fs.chmodSync(folder, 0o755);
  return folder;
}

/** The server with the flags and the allocator of `npm start`: tests and benchmarks have the memory that a user has. */
function serverCommand(): readonly [string, ...string[]] {
  const { scripts } = PackageJson.parse(JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')));
  const flags = scripts.start.match(/--(?:initial|max)-\S+-size=\d+/g);
  if (flags === null) throw new Error(`The start script of package.json sets no heap: ${scripts.start}`);
  const settings = scripts.start.match(/\bMALLOC_\w+=\d+/g) ?? [];
  return ['/usr/bin/env', ...settings, process.execPath, ...flags, path.join(ROOT, 'dist', 'server.js')];
}
