/** What calls cost that need not have cost it, and how that is known. */
import { z } from 'zod';
import { Instant } from './primitives.ts';
import { RequestFilters } from './request.ts';

export const SavingKind = z.enum(['repeats', 'prefixes', 'failures', 'retries']).meta({
  id: 'SavingKind',
  description:
    '`repeats`: the same request again; `prefixes`: long instructions and tools, none of which came from a cache; `failures`: calls that failed and cost money; `retries`: answers that ended at a limit and were asked for again.',
});
export type SavingKind = z.infer<typeof SavingKind>;

/** What a report is asked for besides the filter, in a URL too. */
export const SavingsQuery = z.object({
  kind: SavingKind.optional().describe('This kind alone. Default: all of them.'),
});
export const SavingsInput = RequestFilters.extend(SavingsQuery.shape);
export type SavingsInput = z.output<typeof SavingsInput>;

/** Calls of one kind that have the same cause. */
export const SavingGroup = z
  .object({
    model: z.string(),
    provider: z.string(),
    label: z.string().nullable().describe('The last message, the error, or the prompt. Null where there is none.'),
    note: z.string().nullable().describe('What else tells the group apart, such as its temperature.'),
    requests: z.int().describe('Calls that could have cost less, or nothing.'),
    savable_usd: z.string().nullable().describe('US dollars that could have been saved; null where no price is known.'),
    unpriced_requests: z.int().describe('Calls among them whose cost is not known: the sum is at least what it says.'),
    prefix_tokens: z.int().nullable().describe('Of `prefixes`: the tokens of the prefix, about.'),
    first_at: Instant,
    last_at: Instant,
    query: z.string().describe('A query that lists the calls.'),
  })
  .meta({ id: 'SavingGroup' });
export type SavingGroup = z.infer<typeof SavingGroup>;

/** One kind of saving, with its sum. */
export const Saving = z
  .object({
    kind: SavingKind,
    how: z.string().describe('How the sum was computed.'),
    requests: z.int(),
    savable_usd: z.string().describe('US dollars; at least, where `unpriced_requests` is above zero.'),
    unpriced_requests: z.int(),
    parts: z
      .array(z.object({ name: z.string(), requests: z.int(), savable_usd: z.string() }))
      .describe('The sum in parts, where it has any: `repeats` by temperature.'),
    groups_found: z.int(),
    groups: z.array(SavingGroup).describe('Those that cost most.'),
    looked_back_to: Instant.nullable().describe(
      'Where not all requests of the time could be looked at: back to when, and the sum is at least that. Else null.',
    ),
  })
  .meta({ id: 'Saving' });
export type Saving = z.infer<typeof Saving>;

export const SavingsReport = z
  .object({
    from: Instant,
    to: Instant,
    savings: z
      .array(Saving)
      .describe('The kinds overlap: a call may be in two of them, so that they are not added up.'),
    unhashed_requests: z
      .int()
      .describe(
        'Successful requests of the time that have no hash, since they were stored before it was kept, were cut, or have no messages: no repeat or prefix of theirs is known. 0 where neither kind is asked for.',
      ),
  })
  .meta({ id: 'SavingsReport', description: 'What calls cost that need not have cost it.' });
export type SavingsReport = z.infer<typeof SavingsReport>;
