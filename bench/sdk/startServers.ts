/** The provider and the PromptLab of `servers.ts`. */
import { fork } from 'node:child_process';
import path from 'node:path';
import { onCleanup } from '../lib/cleanup.ts';

export interface Servers {
  readonly providerUrl: string;
  readonly labUrl: string;
}

/** Starts them in a process of their own, which ends with this run. */
export async function startServers(): Promise<Servers> {
  const child = fork(path.join(import.meta.dirname, 'servers.ts'), [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  onCleanup(() => void child.kill());
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(data.toString()));
    child.once('exit', () => reject(new Error('The servers of the benchmark ended.')));
  });
  const [provider, lab] = JSON.parse(line) as [number, number];
  return { providerUrl: `http://127.0.0.1:${provider}/v1`, labUrl: `http://127.0.0.1:${lab}` };
}
