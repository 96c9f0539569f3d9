/** A PromptLab server in a process of its own, from the sources as they are now. */
import os from 'node:os';
import path from 'node:path';
import { bundleServer } from '#tests/support/serverBundle';
import { type ServerChild, type ServerChildren, untilReady } from '#tests/support/serverChild';
import { signInByLink } from '#tests/support/signInByLink';

export interface ServerProcess extends Omit<ServerChild, 'url'> {
  readonly url: string;
  readonly port: number;
  /** The key that the link of a first start opens; empty once a key was used. */
  readonly apiKey: string;
}

export interface ServerOptions {
  readonly databaseUrl: string;
  /** 0: a free one. */
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the product itself. */
  readonly entry?: string;
}

/** Resolves when the server is ready. It is one of `children`, who end it with the others, also while it starts. */
export async function startServerProcess(children: ServerChildren, options: ServerOptions): Promise<ServerProcess> {
  const server = children.spawn([process.execPath, await bundleServer(options.entry)], {
    ...process.env,
    DATABASE_URL: options.databaseUrl,
    // Below it lies the admin token alone.
    PROMPTLAB_DATA_DIR: path.join(os.tmpdir(), 'promptlab-faults'),
    HOST: '127.0.0.1',
    PORT: String(options.port),
    LOG_LEVEL: 'warn',
    DRAIN_MS: '1000',
    ...options.env,
  });
  const port = Number(new URL(await untilReady(server)).port);
  const url = `http://127.0.0.1:${port}`;
  return { ...server, url, port, apiKey: await signInByLink(url, server.output()) };
}
