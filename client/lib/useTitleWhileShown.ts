import { useEffect } from 'react';

/** The name of the browser's tab while something is shown; the page's own name comes back after it. */
export function useTitleWhileShown(title: string | undefined): void {
  useEffect(() => {
    if (title === undefined) return;
    const before = document.title;
    document.title = title;
    return () => {
      document.title = before;
    };
  }, [title]);
}
