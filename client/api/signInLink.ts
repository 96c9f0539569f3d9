/**
 * Signing in by a link (`#key=…`): its fragment holds a code that is good once, or a key that somebody wrote there.
 * Where nobody is signed in it signs in; a session that is there is replaced only when its owner says so, since anybody
 * can send a link to their own organization.
 */
import { useSyncExternalStore } from 'react';
import type { SignedIn, SignInOffer } from '#shared/signIn';
import { basePath } from '../lib/basePath.ts';
import { currentKey, signIn, signOut } from './credentials.ts';
import { errorMessage, isUnauthorized } from './errorMessage.ts';
import { checkKey } from './trpc.ts';

/** How far the link that was opened is followed; `none` where there is none, or it was dealt with. */
export type LinkState =
  | { readonly status: 'none' }
  | { readonly status: 'checking' }
  /** Both organizations by name; the session stays until the question is answered. */
  | { readonly status: 'asking' | 'switching'; readonly current: string; readonly offered: string }
  /** The session stays. */
  | { readonly status: 'refused'; readonly current: string; readonly message: string };

const NONE: LinkState = { status: 'none' };
let state: LinkState = NONE;
/** The code or key of the link that is open. */
let secret = '';
const listeners = new Set<() => void>();

/** The state of the link, for the dialog that asks about it. */
export function useSignInLink(): LinkState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** Takes a link out of the address at once, so that it stays out of the history and of copied links, and follows it. */
export function openSignInLink(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('key');
  if (given === null) return;
  history.replaceState(history.state, '', location.pathname + location.search);
  secret = given.trim();
  if (secret === '' || secret === currentKey()) return;
  void follow(secret);
}

/** The user wants the organization of the link. */
export async function switchSession(): Promise<void> {
  if (state.status !== 'asking') return;
  const { current, offered } = state;
  change({ status: 'switching', current, offered });
  try {
    signIn(await redeem(secret));
    change(NONE);
  } catch (error) {
    change({ status: 'refused', current, message: errorMessage(error) });
  }
}

/** The session stays as it is; a code that was not exchanged stays good. */
export function dismissLink(): void {
  change(NONE);
}

async function follow(opened: string): Promise<void> {
  change({ status: 'checking' });
  const current = await nameOfSession();
  // Another link was opened in between.
  if (opened !== secret) return;
  try {
    if (current === null) {
      signIn(await redeem(opened));
      change(NONE);
    } else {
      change({ status: 'asking', current, offered: await nameOfOffer(opened) });
    }
  } catch (error) {
    const message = isUnauthorized(error) ? 'The key of this link is not known here.' : errorMessage(error);
    if (current === null) {
      signOut(message);
      change(NONE);
    } else {
      change({ status: 'refused', current, message });
    }
  }
}

/** Null where nobody is signed in, or with a key that is good no more. */
async function nameOfSession(): Promise<string | null> {
  const key = currentKey();
  if (key === null) return null;
  try {
    return (await checkKey(key)).organization.name;
  } catch (error) {
    // A session that cannot be looked at now is still one.
    return isUnauthorized(error) ? null : 'another organization';
  }
}

/** The name of the organization, without using the link up. */
async function nameOfOffer(opened: string): Promise<string> {
  if (!isCode(opened)) return (await checkKey(opened)).organization.name;
  return (await callSignIn<SignInOffer>('GET', opened)).organization.name;
}

/** The key that the link signs in with. */
async function redeem(opened: string): Promise<string> {
  if (isCode(opened)) return (await callSignIn<SignedIn>('POST', opened)).api_key.key;
  await checkKey(opened);
  return opened;
}

function isCode(opened: string): boolean {
  return opened.startsWith('once-');
}

async function callSignIn<Answer>(method: 'GET' | 'POST', code: string): Promise<Answer> {
  const response = await fetch(`${basePath()}api/v1/sign-in`, {
    method,
    headers: { authorization: `Bearer ${encodeURIComponent(code)}` },
  }).catch(() => null);
  if (response === null) throw new Error('The server cannot be reached. Check that PromptLab is running.');
  // The server is ours and of the same build; what is not its answer has no such fields, and is told as an error.
  const body = (await response.json().catch(() => null)) as (Answer & { error?: { message?: string } }) | null;
  if (response.ok && body !== null) return body;
  throw new Error(body?.error?.message ?? `The server answered ${response.status}.`);
}

function change(next: LinkState): void {
  state = next;
  listeners.forEach((listener) => listener());
}
