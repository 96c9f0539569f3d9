import { createContext, useContext } from 'react';
import type { JsonValue } from '#shared/primitives';

/** `rendered`: Markdown and JSON as what they mean; `text`: letter by letter. */
export type WordsView = 'rendered' | 'text';
/** Letters of one width: where a text has columns, always, or never. */
export type WordsFace = 'auto' | 'mono' | 'prose';

/** What was asked of all messages at once; each of them may be opened and folded by itself after it. */
export interface Expansion {
  /** Null: as is usual for each. */
  readonly isOpen: boolean | null;
  /** How often it was asked. */
  readonly times: number;
}
/** Nothing was asked of all messages yet. */
export const AS_USUAL: Expansion = { isOpen: null, times: 0 };

/** What the parts of a conversation need to know of where they are shown. */
export interface WordsSettings {
  readonly view: WordsView;
  readonly face: WordsFace;
  /** What the answer was asked to be. */
  readonly answerSchema: JsonValue | null;
  /** What the arguments of each tool were asked to be. */
  readonly toolSchemas: ReadonlyMap<string, JsonValue>;
  readonly expansion: Expansion;
  /** What was searched for. */
  readonly searched: readonly string[];
}

/** Given by whatever shows a conversation; without one everything is shown as usual. */
export const WordsContext = createContext<WordsSettings>({
  view: 'rendered',
  face: 'auto',
  answerSchema: null,
  toolSchemas: new Map(),
  expansion: AS_USUAL,
  searched: [],
});

/** How the words of a conversation are shown. */
export function useWords(): WordsSettings {
  return useContext(WordsContext);
}

export const isWordsView = (value: unknown): value is WordsView => value === 'rendered' || value === 'text';
export const isWordsFace = (value: unknown): value is WordsFace =>
  value === 'auto' || value === 'mono' || value === 'prose';
