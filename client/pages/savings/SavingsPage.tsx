import { Button, Skeleton, Text } from '@mantine/core';
import { keepPreviousData } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { EnvironmentControl } from '../../domain/EnvironmentControl.tsx';
import { changeSearch, type PageSearch, toFilters } from '../../domain/pageSearch.ts';
import { TimeControl } from '../../domain/TimeControl.tsx';
import { useAddress } from '../../domain/useAddress.ts';
import { plural } from '../../lib/formatNumber.ts';
import { useNow } from '../../lib/useNow.ts';
import { LeftOutLine } from '../requests/LeftOutLine.tsx';
import { QueryBar } from '../requests/QueryBar.tsx';
import { SavingSection } from './SavingSection.tsx';
import { SavingTiles } from './SavingTiles.tsx';
import classes from './SavingsPage.module.css';

const USUAL_TIME = '30d';
const STALE_MS = 60_000;

/** What calls cost that need not have cost it, each sum with how it comes about and the calls behind it. */
export default function SavingsPage() {
  const { search: asked, change } = useAddress();
  const search: PageSearch = { ...asked, t: asked.t ?? USUAL_TIME };
  const filters = toFilters(search, useNow());
  const report = trpc.savings.get.useQuery(filters, { placeholderData: keepPreviousData, staleTime: STALE_MS });
  const found = report.data;
  return (
    <Page
      title="Savings"
      actions={
        <Button
          size="xs"
          variant="default"
          renderRoot={(props) => <Link to="/requests" search={changeSearch(search, {})} {...props} />}
        >
          Open in list
        </Button>
      }
    >
      <div className={classes.toolbar} role="group" aria-label="Filters">
        <QueryBar value={search.q ?? ''} onApply={(q) => change({ q })} filters={filters} />
        <EnvironmentControl value={search.env} onChange={(env) => change({ env })} />
        <TimeControl value={search.t} onChange={(t) => change({ t })} />
      </div>
      <LeftOutLine search={search} onForget={() => change({ q: asked.q })} />
      {report.error && (
        <ErrorPanel
          title={found ? 'The sums could not be refreshed' : 'The sums could not be loaded'}
          message={errorMessage(report.error)}
          onRetry={() => void report.refetch()}
        />
      )}
      {!found && !report.error && <Skeleton h={240} role="status" aria-label="Adding up" />}
      {found && (
        <div data-stale={report.isPlaceholderData || undefined} className={classes.report}>
          <SavingTiles savings={found.savings} />
          <Text fz="xs" c="dimmed" className={classes.about}>
            A call may be in two of the sums, so they are not added up.
            {found.unhashed_requests > 0 &&
              ` Not compared: ${plural(found.unhashed_requests, 'successful request')} of this time: they have no messages, were too large, or were stored by an older version.`}
          </Text>
          {found.savings.map((saving) => (
            <SavingSection key={saving.kind} saving={saving} search={search} />
          ))}
        </div>
      )}
    </Page>
  );
}
