import { useMediaQuery } from '@mantine/hooks';

/** Whether a media query holds, from the first frame on. */
export function useMedia(query: string): boolean {
  return useMediaQuery(query, undefined, { getInitialValueInEffect: false }) ?? false;
}

/** A screen on which panels cover the page. */
export const PHONE = '(max-width: 48em)';
/** Room for two things side by side. */
export const WIDE = '(min-width: 1200px)';
