/** Values that requests have in a field of the query language, for suggesting them while a query is typed. */
import { z } from 'zod';
import { Instant, LIMITS, RequestId } from './primitives.ts';
import { VALUE_FIELDS, type ValueField as ValueFieldName } from './query/fields.ts';
import { RequestFilters } from './request.ts';

const ValueField = z
  .custom<ValueFieldName>(
    (name) =>
      typeof name === 'string' &&
      (VALUE_FIELDS.some((known) => known === name) || name === 'tag' || /^tag\..+$/s.test(name)) &&
      name.length <= LIMITS.identifierLength + 4 &&
      !name.includes('\0') &&
      name.isWellFormed(),
    `must be one of ${VALUE_FIELDS.join(', ')}, tag or tag.<key>`,
  )
  .meta({ type: 'string' });

export const RequestValuesInput = z.object({
  field: ValueField,
  prefix: z
    .string()
    .max(LIMITS.identifierLength)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'must be well-formed text without NUL')
    .default('')
    .describe('What they hold, in any case. Those that begin with it come first.'),
  filters: RequestFilters.default({}),
});
export type RequestValuesInput = z.output<typeof RequestValuesInput>;

export const RequestValues = z.object({
  values: z.array(z.object({ value: z.string(), count: z.int() })).describe('The most frequent first.'),
  counted_back_to: Instant.nullable().describe(
    'Where more match than are counted: the latest were, back to this time.',
  ),
});
export type RequestValues = z.infer<typeof RequestValues>;

export const NewerInput = z.object({
  filters: RequestFilters.default({}),
  id: RequestId.nullable().describe('The newest request that is shown; null where none is.'),
});
export type NewerInput = z.output<typeof NewerInput>;

/** The most that are counted. */
export const MOST_NEWER = 1_000;

export const Newer = z.object({
  count: z
    .int()
    .nullable()
    .describe(`At most ${MOST_NEWER}. Null where that request is not there any more: the list is to be read anew.`),
});
export type Newer = z.infer<typeof Newer>;
