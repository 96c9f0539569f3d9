import { CUT_OFF_REASONS } from '#shared/query/fields';

/** CUT_OFF_REASONS in SQL. The index `requests_cut_off` is found by exactly these words. */
export const CUT_OFF_REASONS_SQL = CUT_OFF_REASONS.map((reason) => `'${reason}'`).join(', ');
