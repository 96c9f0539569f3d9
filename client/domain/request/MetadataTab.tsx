import { lazy, Suspense } from 'react';
import { Skeleton } from '@mantine/core';
import type { LoggedRequest } from '#shared/request';
import { useKeyNames } from '../KeyName.tsx';
import { CostExplained } from './CostExplained.tsx';
import { type MetadataRow, metadataGroups } from './metadataRows.ts';
import { TimingBar } from './TimingBar.tsx';
import { UsageTable } from './UsageTable.tsx';
import { ValueMenu } from './ValueMenu.tsx';
import classes from './MetadataTab.module.css';

const JsonTree = lazy(() => import('../../components/JsonTree.tsx'));

/** All that is known of a request besides its words: how long it took, what it used and cost, and each field on its line. */
export function MetadataTab({ request }: { request: LoggedRequest }) {
  const groups = metadataGroups(request, useKeyNames());
  return (
    <div className={classes.metadata}>
      <Section title="Timing">
        <TimingBar request={request} />
      </Section>
      <Section title="Usage and cost">
        <UsageTable request={request} />
        <CostExplained request={request} />
      </Section>
      {groups.map(({ title, rows }) => (
        <Section key={title} title={title}>
          <dl className={classes.list}>
            {rows.map((row) => (
              <Row key={row.label} row={row} />
            ))}
          </dl>
        </Section>
      ))}
    </div>
  );
}

export function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title} className={classes.section}>
      <h3 className={classes.title}>{title}</h3>
      {children}
    </section>
  );
}

export function Row({ row: { label, value, shown, term, isMono, tree } }: { row: MetadataRow }) {
  return (
    <div className={classes.row}>
      <dt dir="auto" title={label}>
        {label}
      </dt>
      <dd data-mono={isMono || undefined}>
        {tree === undefined ? (
          <ValueMenu name={term} label={label} value={value} look="text">
            {shown ?? (value === '' ? '""' : value)}
          </ValueMenu>
        ) : (
          <Suspense fallback={<Skeleton h={20} />}>
            <JsonTree value={tree} label={label} depth={1} />
          </Suspense>
        )}
      </dd>
    </div>
  );
}
