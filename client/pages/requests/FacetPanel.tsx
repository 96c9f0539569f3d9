import { useMemo } from 'react';
import { CloseButton, Drawer, Skeleton } from '@mantine/core';
import { keepPreviousData } from '@tanstack/react-query';
import type { Facet, FacetField } from '#shared/stats';
import { trpc } from '../../api/trpc.ts';
import { errorMessage } from '../../api/errorMessage.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { formatDayClock } from '../../domain/clock.ts';
import { toFilters } from '../../domain/pageSearch.ts';
import type { Address } from '../../domain/useAddress.ts';
import { PHONE, useMedia } from '../../lib/useMedia.ts';
import { useNow } from '../../lib/useNow.ts';
import { FacetRanges } from './FacetRanges.tsx';
import { FacetValues } from './FacetValues.tsx';
import classes from './FacetPanel.module.css';
import { REFRESH_MS, useRefetchOnChange } from './useRefetchOnChange.ts';

type FacetPanelProps = Address & {
  onClose: () => void;
  /** How many requests match: the counts are asked for again when it changes. */
  total: number | undefined;
};

/** What the sums know, and what is counted among the requests themselves: the first is not kept waiting by the second. */
const GROUPS: readonly { readonly fields: readonly FacetField[] }[] = [
  { fields: ['status', 'model', 'provider', 'prompt', 'env'] },
  { fields: ['user', 'key', 'finish', 'error.type', 'release', 'tag'] },
];
/** Values that the requests have, how many of each, and what of it the query asks for. A sheet from below on a phone. */
export default function FacetPanel(props: FacetPanelProps) {
  const isPhone = useMedia(PHONE);
  if (!isPhone) {
    return (
      <aside className={classes.panel} aria-label="Facets">
        <FacetGroups {...props} />
      </aside>
    );
  }
  return (
    <Drawer opened onClose={props.onClose} position="bottom" size="80%" title="Facets">
      <FacetGroups {...props} />
    </Drawer>
  );
}

function FacetGroups(props: FacetPanelProps) {
  const isPhone = useMedia(PHONE);
  return (
    <>
      {isPhone ? (
        <CountedBackTo {...props} />
      ) : (
        <div className={classes.head}>
          <h2 className={classes.title}>Facets</h2>
          <CountedBackTo {...props} />
          <CloseButton size="sm" aria-label="Hide the facets" onClick={props.onClose} />
        </div>
      )}
      {GROUPS.slice(0, 1).map((group) => (
        <FacetGroup key={group.fields[0]} {...props} fields={group.fields} />
      ))}
      <FacetRanges q={props.search.q ?? ''} onChange={(q) => props.change({ q })} />
      {GROUPS.slice(1).map((group) => (
        <FacetGroup key={group.fields[0]} {...props} fields={group.fields} />
      ))}
    </>
  );
}

/** Said once for all: the counts of a search are those of the latest requests alone. */
function CountedBackTo({ search }: FacetPanelProps) {
  const facets = useFacets(search, GROUPS[0]?.fields ?? []);
  const backTo = facets.data?.facets.find(({ counted_back_to }) => counted_back_to !== null)?.counted_back_to;
  return backTo ? (
    <span className={classes.partial} title="Requests before that were not counted">
      since {formatDayClock(backTo)}
    </span>
  ) : null;
}

function useFacets(search: FacetPanelProps['search'], fields: readonly FacetField[]) {
  return trpc.stats.facets.useQuery(
    { filters: toFilters(search, useNow()), fields: [...fields] },
    { placeholderData: keepPreviousData, staleTime: REFRESH_MS },
  );
}

function FacetGroup({ search, change, total, fields }: FacetPanelProps & { fields: readonly FacetField[] }) {
  const facets = useFacets(search, fields);
  useRefetchOnChange(total, facets);
  const shown = useMemo(() => inOrder(fields, facets.data?.facets ?? []), [fields, facets.data]);
  if (facets.error && !facets.data) {
    return (
      <div className={classes.error}>
        <ErrorPanel title="Not counted" message={errorMessage(facets.error)} onRetry={() => void facets.refetch()} />
      </div>
    );
  }
  if (!facets.data) return <Skeleton height={120} m="sm" aria-label="Facets are counted" />;
  return shown.map((facet) => (
    <FacetValues key={facet.field} facet={facet} q={search.q ?? ''} onChange={(q) => change({ q })} />
  ));
}

/** In the order in which they were asked for; of tags those first that most requests have. */
function inOrder(fields: readonly FacetField[], facets: readonly Facet[]): Facet[] {
  const sizeOf = ({ values, others }: Facet) => values.reduce((sum, { requests }) => sum + requests, others);
  return fields.flatMap((field) =>
    facets
      .filter((facet) => (field === 'tag' ? facet.field.startsWith('tag.') : facet.field === field))
      .toSorted((a, b) => sizeOf(b) - sizeOf(a)),
  );
}
