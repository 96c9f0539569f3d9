import { type RefObject, useEffect, useLayoutEffect, useState } from 'react';

/** The answer counts as seen where so much of it is in sight. */
const SEEN_PX = 96;
/** What of the question stays in sight above it. */
const LEFT_ABOVE_PX = 56;
/** What is loaded late may still move it: until so long after opening, or until the reader moves. */
const SETTLE_MS = 3_000;

/**
 * Scrolls to the answer where it begins below what is in sight, and follows it while the page settles. Answers whether
 * what was asked lies above what is in sight. Without an answer it stays at the top.
 */
export function useOpenAtAnswer(
  body: RefObject<HTMLElement | null>,
  answer: RefObject<HTMLElement | null> | null,
): boolean {
  const [isAbove, setIsAbove] = useState(false);
  useLayoutEffect(() => {
    const start = answer?.current;
    // Not `body`: what lies around this is referred to only after its own effects have run, when both are new.
    const scrolled = start?.closest<HTMLElement>('[data-scrolls]');
    if (!scrolled || !start) return;
    const place = () => {
      const top = start.getBoundingClientRect().top - scrolled.getBoundingClientRect().top + scrolled.scrollTop;
      // From the top on, it is in sight by itself.
      const to = top + Math.min(SEEN_PX, start.offsetHeight) > scrolled.clientHeight ? top - LEFT_ABOVE_PX : 0;
      scrolled.scrollTo({ top: to });
    };
    place();
    const observer = new ResizeObserver(place);
    for (const child of scrolled.children) observer.observe(child);
    const stop = () => {
      observer.disconnect();
      clearTimeout(timer);
      for (const name of MOVES) scrolled.removeEventListener(name, stop);
    };
    const timer = setTimeout(stop, SETTLE_MS);
    for (const name of MOVES) scrolled.addEventListener(name, stop, { passive: true });
    return stop;
  }, [answer]);
  useEffect(() => {
    const scrolled = body.current;
    if (!scrolled) return;
    const look = () => setIsAbove(scrolled.scrollTop > LEFT_ABOVE_PX);
    look();
    scrolled.addEventListener('scroll', look, { passive: true });
    return () => scrolled.removeEventListener('scroll', look);
  }, [body]);
  return isAbove;
}

/** The reader has begun to move. */
const MOVES = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;
