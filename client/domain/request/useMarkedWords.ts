import { type RefObject, useEffect, useState } from 'react';
import { findWordRanges } from './wordRanges.ts';

/** The name that `::highlight()` of app.css has. */
const NAME = 'searched-words';
const NONE: readonly Range[] = [];

/**
 * Marks words in all that an element shows, and goes on to where it changes. The page itself is left as it is: the browser
 * paints them (CSS Custom Highlights). One that cannot marks nothing, and still finds them.
 * @param shown changes where another element takes its place.
 * @returns where they stand, in the order of the page.
 */
export function useMarkedWords(
  element: RefObject<HTMLElement | null>,
  words: readonly string[],
  shown: string,
): readonly Range[] {
  const [ranges, setRanges] = useState(NONE);
  useEffect(() => {
    const root = element.current;
    if (root === null || words.length === 0) return;
    let frame = 0;
    const mark = () => {
      frame = 0;
      const found = findWordRanges(root, words);
      if ('highlights' in CSS) CSS.highlights.set(NAME, new Highlight(...found));
      setRanges(found);
    };
    mark();
    const observer = new MutationObserver(() => {
      if (frame === 0) frame = requestAnimationFrame(mark);
    });
    observer.observe(root, { childList: true, subtree: true, characterData: true });
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      if ('highlights' in CSS) CSS.highlights.delete(NAME);
      setRanges(NONE);
    };
  }, [element, words, shown]);
  return ranges;
}
