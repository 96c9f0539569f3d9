/** What the endpoints take in their URL. */
import { z } from 'zod';
import { ExportColumns, ExportFormat, ExportIds } from './export.ts';
import { LIST_PAGE, pageQuery, TRACE_PAGE, wholeNumber } from './page.ts';
import { LIMITS } from './primitives.ts';
import { RequestFilters, RequestSort } from './request.ts';

/** The filters as they come in a URL, where a tag may be repeated. */
export const FilterQuery = z.object({
  ...RequestFilters.shape,
  tag: z.preprocess((value) => (typeof value === 'string' ? [value] : value), RequestFilters.shape.tag),
});

export const ListQuery = FilterQuery.extend({
  ...pageQuery(LIST_PAGE),
  sort: RequestSort.default('-time'),
  offset: wholeNumber(0, LIMITS.offset).default(0).describe('Rows to skip; to go further, use `cursor`.'),
  payload: z.enum(['true', 'false']).default('true').describe('`false` leaves the words out.'),
});
/** Of traces, sessions and users. */
export const GroupQuery = FilterQuery.extend(pageQuery(LIST_PAGE));

export const ExportQuery = FilterQuery.extend({
  format: ExportFormat,
  columns: ExportColumns.optional(),
  ids: ExportIds.optional(),
});

export const TraceQuery = z.object(pageQuery(TRACE_PAGE));
