/** What the dashboard and the API say of each kind of saving. Without zod, which the dashboard would load for it. */
import type { SavingKind } from './savings.ts';

/** How each sum comes about, in the words that the dashboard and the API show. */
export const SAVING_RULES: Readonly<Record<SavingKind, { readonly title: string; readonly how: string }>> = {
  repeats: {
    title: 'The same request again',
    how: 'Successful calls that were made before in the same words: the same model, provider, endpoint, parameters, tools and messages (one request_hash). All but the dearest of each could have been answered from a cache of your own. Where the temperature is 0 the answer would hardly have differed; elsewhere another one may be what was wanted.',
  },
  prefixes: {
    title: 'Long prefixes without a cache',
    how: 'Successful calls of one prefix_hash (the same instructions and tools) and one model, of 1,024 input tokens or more, with no cached tokens or none reported, that came within the same five minutes as an earlier one. What the prefix would have cost at the cached rate is taken off what it cost; where writing to a cache costs more, that is taken off the saving. The tokens of a prefix are estimated by its share of the characters of a sample. Only the 50 prefixes whose calls have most such input tokens are looked at, and no sample above 256 kB.',
  },
  failures: {
    title: 'Failed calls that cost money',
    how: 'Calls with the status error whose cost is above zero.',
  },
  retries: {
    title: 'Answers cut off and asked for again',
    how: 'Calls whose answer ended at a limit (finish_reason length, max_tokens and the like), where the same last message was sent again within ten minutes, in the same trace or after the same instructions and tools. The cost is that of the calls that were cut off.',
  },
};
