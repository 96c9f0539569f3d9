import type { IncomingMessage } from 'node:http';
import type { Caller } from '#server/auth/authenticate';
import type { Deps } from '#server/deps';
import type { JsonStream } from '#server/jsonStream';

/** How a procedure answers with JSON that is made while it is sent. Its type is what the JSON holds. */
export type AnswerStream = <Output>(stream: JsonStream) => Promise<Output>;

export interface Context {
  readonly deps: Deps;
  /** Who is asking; asked at most once a call, and by the procedures that need it. */
  readonly authenticate: () => Promise<Caller>;
  readonly answer: AnswerStream;
}

interface ContextOptions {
  readonly answer: AnswerStream;
  readonly caller: Caller | undefined;
  /** Told who calls, where that is asked. */
  readonly noteCaller: (caller: Caller) => void;
}

/** The context of a call over HTTP; `known` is who calls, where that was asked before its body was read. */
export function createContext(
  deps: Deps,
  req: IncomingMessage,
  { answer, caller: known, noteCaller }: ContextOptions,
): Context {
  let caller = known && Promise.resolve(known);
  const ask = async () => {
    const found = await deps.authenticator.authenticate(req);
    noteCaller(found);
    return found;
  };
  return { deps, authenticate: () => (caller ??= ask()), answer };
}

/** The context of a call from inside: the demo seeder and tests. */
export function createInnerContext(deps: Deps, caller: Caller): Context {
  return { deps, authenticate: () => Promise.resolve(caller), answer: readStream };
}

/** The whole answer as a value: for callers inside, which have no socket to stream to. */
async function readStream<Output>({ pieces }: JsonStream): Promise<Output> {
  const buffers: Uint8Array[] = [];
  for await (const more of pieces) buffers.push(...more);
  return JSON.parse(Buffer.concat(buffers).toString()) as Output; // JSON of our own making.
}
