import type { IncomingMessage } from 'node:http';
import type { Caller } from '#server/auth/authenticate';
import type { Deps } from '#server/deps';

export interface Context {
  readonly deps: Deps;
  /** Who is asking; asked at most once a call, and by the procedures that need it. */
  readonly authenticate: () => Promise<Caller>;
}

/** The context of a call over HTTP. */
export function createContext(deps: Deps, req: IncomingMessage): Context {
  let caller: Promise<Caller> | undefined;
  return { deps, authenticate: () => (caller ??= deps.authenticator.authenticate(req)) };
}

/** The context of a call from inside: the demo seeder and tests. */
export function createInnerContext(deps: Deps, caller: Caller): Context {
  return { deps, authenticate: () => Promise.resolve(caller) };
}
