import { useSyncExternalStore } from 'react';
import { isWordsFace, isWordsView, type WordsFace, type WordsView } from '../conversation/wordsView.ts';

/** How words are shown: one choice for all requests, remembered in this browser. */
export interface WordsChoice {
  readonly view: WordsView;
  readonly face: WordsFace;
}

const listeners = new Set<() => void>();
let chosen: WordsChoice | null = null;

/** The choice, and how to change a part of it, in all that is shown at once. */
export function useWordsSettings(): [WordsChoice, (choice: Partial<WordsChoice>) => void] {
  return [useSyncExternalStore(subscribe, current), choose];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function current(): WordsChoice {
  chosen ??= { view: read('words_view', isWordsView) ?? 'rendered', face: read('words_face', isWordsFace) ?? 'auto' };
  return chosen;
}

function choose(choice: Partial<WordsChoice>): void {
  chosen = { ...current(), ...choice };
  try {
    localStorage.setItem('promptlab.words_view', JSON.stringify(chosen.view));
    localStorage.setItem('promptlab.words_face', JSON.stringify(chosen.face));
  } catch {
    // Where storage is blocked it is remembered until the page is left.
  }
  listeners.forEach((listener) => listener());
}

function read<T>(name: string, isValid: (value: unknown) => value is T): T | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`promptlab.${name}`) ?? 'null');
    return isValid(value) ? value : null;
  } catch {
    return null;
  }
}
