import { useSyncExternalStore } from 'react';
import { VisuallyHidden } from '@mantine/core';

let text = '';
const listeners = new Set<() => void>();

/** Says something to screen readers that is seen elsewhere on the page: a count that changed, a list that stands still. */
export function announce(sentence: string): void {
  if (sentence === text) return;
  text = sentence;
  listeners.forEach((listener) => listener());
}

/** The one live region. It is in the page from the beginning: what is inserted together with its words is not read. */
export function Announcer() {
  const said = useSyncExternalStore(subscribe, () => text);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {said}
    </VisuallyHidden>
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
