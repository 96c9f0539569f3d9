import { keepPreviousData } from '@tanstack/react-query';

/** How the numbers of the page are asked for: the earlier ones stay until the next are there. */
export const STATS_OPTIONS = { placeholderData: keepPreviousData, staleTime: 30_000 };
