/** The API key this browser is signed in with, kept in local storage and shared between tabs. */
import { useSyncExternalStore } from 'react';

const STORAGE_KEY = 'promptlab.api_key';

/** Who this browser is signed in as. */
export type Credentials = {
  /** Null when nobody is signed in. */
  readonly key: string | null;
  /** Why the last session ended, for the sign-in page. Null when there is nothing to say. */
  readonly notice: string | null;
};

let current: Credentials = { key: readStoredKey(), notice: null };
const listeners = new Set<() => void>();

/** The credentials, for a component: it is drawn again when this tab or another signs in or out. */
export function useCredentials(): Credentials {
  return useSyncExternalStore(subscribe, () => current);
}

/** The API key at this moment, for code outside of components; null when nobody is signed in. */
export function currentKey(): string | null {
  return current.key;
}

/** Takes a key as that of this browser. It is not checked here: `checkKey` of trpc.ts does that. */
export function signIn(key: string): void {
  store(key);
  replace({ key, notice: null });
}

/** Forgets the key. `notice` is shown on the sign-in page; null where the user asked for it. */
export function signOut(notice: string | null = null): void {
  store(null);
  replace({ key: null, notice });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', followOtherTab);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('storage', followOtherTab);
  };
}

function followOtherTab(event: StorageEvent): void {
  if (event.key !== STORAGE_KEY && event.key !== null) return;
  const key = readStoredKey();
  if (key !== current.key) replace({ key, notice: null });
}

function replace(next: Credentials): void {
  current = next;
  listeners.forEach((listener) => listener());
}

function readStoredKey(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function store(key: string | null): void {
  try {
    if (key === null) localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, key);
  } catch {
    // Storage is blocked: the sign-in lasts until the page is left.
  }
}
