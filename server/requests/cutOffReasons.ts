/** Why answers end at a limit, in the words of the providers: as `is:cut` of the query language. */
export const CUT_OFF_REASONS = ['length', 'max_tokens', 'max_output_tokens', 'MAX_TOKENS'] as const;

/** The same in SQL. The index `requests_cut_off` is found by exactly these words. */
export const CUT_OFF_REASONS_SQL = CUT_OFF_REASONS.map((reason) => `'${reason}'`).join(', ');
