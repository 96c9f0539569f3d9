/** How a request can end. A list without its schema, so that the dashboard need not load zod for it. */
export const REQUEST_STATUSES = ['success', 'error', 'aborted', 'incomplete'] as const;
