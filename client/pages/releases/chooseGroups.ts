/** Which two groups are compared, where the address does not say it. Pure. */
import type { GroupedBy, ReleaseChoices } from '#shared/releaseReport';
import type { PageSearch } from '../../domain/pageSearch.ts';

type Choice = ReleaseChoices['choices'][number];

/** What has fewer requests is chosen only where there is nothing else. */
const ENOUGH_REQUESTS = 30;
const USUAL_PERIOD = '7d';

/**
 * Of releases and prompts the youngest, and the one before it of the same name; of models, environments and providers
 * those with the most requests; the last days and those before.
 */
export function chooseGroups(
  by: GroupedBy,
  { a, b }: Pick<PageSearch, 'a' | 'b'>,
  choices: readonly Choice[],
): { a: string | undefined; b: string | undefined } {
  if (by === 'period') return { a, b: b ?? USUAL_PERIOD };
  if (by === 'query') return { a, b };
  const isByAge = by === 'release' || by === 'prompt';
  const enough = choices.filter(({ requests }) => requests >= ENOUGH_REQUESTS);
  const many = enough.length > 1 ? enough : choices;
  const ordered = isByAge ? many : many.toSorted((one, other) => other.requests - one.requests);
  const values = ordered.map(({ value }) => value);
  const later = b ?? values.find((value) => value !== a);
  const others = values.filter((value) => value !== later);
  return { a: a ?? others.find((value) => nameOf(value) === nameOf(later)) ?? others[0], b: later };
}

/** `greet` of `greet@2`. */
function nameOf(value: string | undefined): string | undefined {
  return value?.slice(0, Math.max(0, value.lastIndexOf('@')));
}
