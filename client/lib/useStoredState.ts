import { useState } from 'react';

/** State that outlives a reload in this browser. Falls back to plain state where storage is blocked. */
export function useStoredState<T extends string | boolean>(
  name: string,
  initial: T,
  isValid: (value: unknown) => value is T,
): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => readStored(name, isValid) ?? initial);
  const store = (next: T) => {
    setValue(next);
    try {
      localStorage.setItem(`promptlab.${name}`, JSON.stringify(next));
    } catch {
      // Storage is blocked: the choice lasts until the page is left.
    }
  };
  return [value, store];
}

/** For `useStoredState` of a switch. */
export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function readStored<T>(name: string, isValid: (value: unknown) => value is T): T | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(`promptlab.${name}`) ?? 'null');
    return isValid(stored) ? stored : null;
  } catch {
    return null;
  }
}
