import { markWords } from '#shared/query/words';

type HighlightProps = {
  text: string;
  /** What the query looks for: `listWords` of shared/query/words.ts. */
  words: readonly string[];
};

/** A text with the words that were searched for marked. */
export function Highlight({ text, words }: HighlightProps) {
  if (words.length === 0) return text;
  return markWords(text, words).map((piece, index) =>
    piece.isHit ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
  );
}
