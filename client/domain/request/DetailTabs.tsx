import { Tabs } from '@mantine/core';
import type { LoggedRequest } from '#shared/request';
import { countMetadata } from './metadataRows.ts';
import { WordsMenu } from './WordsMenu.tsx';
import classes from './RequestDetail.module.css';

const DETAIL_TABS = ['conversation', 'params', 'metadata', 'raw'] as const;
export type DetailTab = (typeof DETAIL_TABS)[number];

export const isDetailTab = (value: unknown): value is DetailTab => DETAIL_TABS.some((tab) => tab === value);

type DetailTabsProps = {
  tab: DetailTab;
  /** Undefined while it is loaded: what is not known yet has no count. */
  request: LoggedRequest | undefined;
  onTab: (tab: DetailTab) => void;
};

/** What of a request is shown below, and how its words are. */
export function DetailTabs({ tab, request, onTab }: DetailTabsProps) {
  const parameters = request && Object.keys(request.parameters ?? {}).length;
  return (
    <div className={classes.tabs}>
      <Tabs value={tab} onChange={(value) => isDetailTab(value) && onTab(value)} className={classes.tabList}>
        <Tabs.List aria-label="Parts of the request">
          <Tabs.Tab value="conversation">Conversation</Tabs.Tab>
          <Tabs.Tab value="params">
            Params <Count count={parameters} />
          </Tabs.Tab>
          <Tabs.Tab value="metadata">
            Metadata <Count count={request && countMetadata(request)} />
          </Tabs.Tab>
          <Tabs.Tab value="raw">Raw</Tabs.Tab>
        </Tabs.List>
      </Tabs>
      {tab === 'conversation' && <WordsMenu />}
    </div>
  );
}

function Count({ count }: { count: number | undefined }) {
  return count === undefined || count === 0 ? null : <span className={classes.count}>{count}</span>;
}
