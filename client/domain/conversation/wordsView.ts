import { createContext, useContext } from 'react';
import type { JsonValue } from '#shared/primitives';

/** `rendered`: Markdown and JSON as what they mean; `text`: letter by letter. */
export type WordsView = 'rendered' | 'text';
/** Letters of one width: where a text has columns, always, or never. */
export type WordsFace = 'auto' | 'mono' | 'prose';

export interface WordsSettings {
  readonly view: WordsView;
  readonly face: WordsFace;
  /** What the answer was asked to be. */
  readonly answerSchema: JsonValue | null;
  /** What the arguments of each tool were asked to be. */
  readonly toolSchemas: ReadonlyMap<string, JsonValue>;
}

export const WordsContext = createContext<WordsSettings>({
  view: 'rendered',
  face: 'auto',
  answerSchema: null,
  toolSchemas: new Map(),
});

/** How the words of a conversation are shown. */
export function useWords(): WordsSettings {
  return useContext(WordsContext);
}

export const isWordsView = (value: unknown): value is WordsView => value === 'rendered' || value === 'text';
export const isWordsFace = (value: unknown): value is WordsFace =>
  value === 'auto' || value === 'mono' || value === 'prose';
