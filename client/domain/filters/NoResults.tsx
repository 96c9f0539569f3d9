import { Button, Group } from '@mantine/core';
import { MagnifyingGlassIcon } from '@radix-ui/react-icons';
import { formatTerm, readTerms, removeTerm } from '#shared/query/terms';
import type { RequestPage } from '#shared/request';
import { EmptyState } from '../../components/EmptyState.tsx';
import { isNarrowed } from '../pageSearch.ts';
import { labelTime, readTime } from '../timeRange.ts';
import type { Address } from '../useAddress.ts';
import { formatExact } from '../../lib/time.ts';

/** Terms that are offered to be left out one by one. */
const MOST_TERMS = 4;

/** Requests may exist, but none is here: what was asked for says why, and each part of it can be left out. */
export default function NoResults({ search, change, page }: Address & { page?: RequestPage | undefined }) {
  const back = page?.sorted_back_to ?? null;
  if (back !== null) return <NothingSorted change={change} back={back} />;
  const { q = '', t, env } = search;
  const isPastTheEnd = search.after !== undefined || search.before !== undefined;
  const range = t === undefined ? null : readTime(t);
  const asked = [q, range && labelTime(range), env && `environment ${env}`].filter(Boolean);
  return (
    <EmptyState
      icon={<MagnifyingGlassIcon width={20} height={20} />}
      title={isNarrowed(search) ? 'No requests match these filters' : 'No requests on this page'}
      description={
        isNarrowed(search) ? `Looked for ${asked.join(' · ')}.` : 'They may have been deleted since the link was made.'
      }
    >
      <Group gap="sm" mt="sm" justify="center">
        {isPastTheEnd && (
          <Button onClick={() => change({ after: undefined, before: undefined })}>Go to the newest</Button>
        )}
        {t !== undefined && <Button onClick={() => change({ t: undefined })}>Search all time</Button>}
        {env !== undefined && (
          <Button variant="default" onClick={() => change({ env: undefined })}>
            In all environments
          </Button>
        )}
        {readTerms(q)
          .slice(0, MOST_TERMS)
          .map((term) => (
            <Button
              key={formatTerm(term)}
              variant="default"
              onClick={() => change({ q: removeTerm(q, term) })}
              title="Leave this out"
            >
              Without {formatTerm(term)}
            </Button>
          ))}
        {isNarrowed(search) && (
          <Button variant="default" onClick={() => change({ q: undefined, t: undefined, env: undefined })}>
            Clear filters
          </Button>
        )}
      </Group>
    </EmptyState>
  );
}

/** Not all that is stored was looked at to sort it: nothing is said of the rest. */
function NothingSorted({ change, back }: Pick<Address, 'change'> & { back: string }) {
  return (
    <EmptyState
      icon={<MagnifyingGlassIcon width={20} height={20} />}
      title="Nothing found so far"
      description={`Looked back to ${formatExact(back)}. A list that is sorted looks no further; by time it does.`}
    >
      <Group gap="sm" mt="sm" justify="center">
        <Button onClick={() => change({ sort: undefined })}>Newest first</Button>
      </Group>
    </EmptyState>
  );
}
