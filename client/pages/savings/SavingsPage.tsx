import { Button, Skeleton, Text } from '@mantine/core';
import { keepPreviousData } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { SAVING_RULES } from '#shared/savingRules';
import type { SavingKind } from '#shared/savings';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { FilterControls } from '../../domain/filters/FilterControls.tsx';
import { LeftOutLine } from '../../domain/filters/LeftOutLine.tsx';
import { changeSearch, type PageSearch, toFilters } from '../../domain/pageSearch.ts';
import { useAddress } from '../../domain/useAddress.ts';
import { plural } from '../../lib/formatNumber.ts';
import { useNow } from '../../lib/useNow.ts';
import { SavingSection } from './SavingSection.tsx';
import { SavingTiles } from './SavingTiles.tsx';
import classes from './SavingsPage.module.css';

const KINDS = Object.keys(SAVING_RULES) as SavingKind[]; // By its type.
const USUAL_TIME = '30d';
const STALE_MS = 60_000;

/** What calls cost that need not have cost it, each sum with how it comes about and the calls behind it. */
export default function SavingsPage() {
  const { search: asked, change } = useAddress();
  const search: PageSearch = { ...asked, t: asked.t ?? USUAL_TIME };
  const now = useNow();
  const filters = toFilters(search, now);
  // Each kind by itself: what is added up soon is shown, while another reads more.
  const reports = trpc.useQueries((query) =>
    KINDS.map((kind) =>
      query.savings.get({ ...filters, kind }, { placeholderData: keepPreviousData, staleTime: STALE_MS }),
    ),
  );
  const savings = reports.flatMap(({ data }) => data?.savings ?? []);
  const failed = reports.find(({ error }) => error);
  const unhashed = Math.max(0, ...reports.map(({ data }) => data?.unhashed_requests ?? 0));
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
        <FilterControls search={search} change={change} now={now} />
      </div>
      <LeftOutLine search={search} change={change} />
      {failed?.error && (
        <ErrorPanel
          title={failed.data ? 'The sums could not be refreshed' : 'The sums could not be loaded'}
          message={errorMessage(failed.error)}
          onRetry={() => reports.filter(({ error }) => error).forEach(({ refetch }) => void refetch())}
        />
      )}
      <div
        data-stale={reports.some(({ isPlaceholderData }) => isPlaceholderData) || undefined}
        className={classes.report}
      >
        <SavingTiles savings={savings} />
        {savings.length > 0 && (
          <Text fz="xs" c="dimmed" className={classes.about}>
            A call may be in two of the sums, so they are not added up.
            {unhashed > 0 &&
              ` Not compared: ${plural(unhashed, 'successful request')} of this time: they have no messages, were too large, or were stored by an older version.`}
          </Text>
        )}
        {KINDS.map((kind, index) => {
          const saving = savings.find((one) => one.kind === kind);
          if (saving) return <SavingSection key={kind} saving={saving} search={search} />;
          return reports[index]?.error ? null : (
            <Skeleton key={kind} h={120} mt={16} role="status" aria-label={`Adding up: ${SAVING_RULES[kind].title}`} />
          );
        })}
      </div>
    </Page>
  );
}
