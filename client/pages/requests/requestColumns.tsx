import type { ReactNode } from 'react';
import type { RequestSummary } from '#shared/request';
import { KeyName } from '../../domain/KeyName.tsx';
import { promptName } from '../../domain/request/requestTerms.ts';
import { TokenCount } from '../../domain/TokenCount.tsx';
import { formatCompact, formatDuration } from '../../lib/formatNumber.ts';
import { CostCell } from './CostCell.tsx';
import type { SizedColumn } from '../../lib/fitColumns.ts';
import { RequestPreview } from './RequestPreview.tsx';
import classes from './RequestTable.module.css';
import table from '../../components/RowTable.module.css';

/** What cells know of the rows around them. */
export interface RowsInView {
  /** Latency and cost that only the worst twentieth exceeds; null where there are too few rows to say. */
  readonly slow: number | null;
  readonly expensive: number | null;
  /** Words that the query looks for. */
  readonly words: readonly string[];
}

/** A column of the list of requests. */
export interface RequestColumn extends SizedColumn {
  readonly title: string;
  /** What the column is called in the chooser, where that says more than the title. */
  readonly about?: string;
  /** The order of the list that a click on its head gives. */
  readonly sort?: 'time' | 'latency' | 'cost' | 'tokens';
  readonly isNumber?: boolean;
  /** Takes the width that the others leave. */
  readonly isWide?: boolean;
  readonly render: (request: RequestSummary, view: RowsInView) => ReactNode;
}

type TextName =
  | 'provider'
  | 'environment'
  | 'user_id'
  | 'session_id'
  | 'trace_id'
  | 'name'
  | 'release'
  | 'endpoint'
  | 'finish_reason'
  | 'service_tier'
  | 'response_model';

const text = (name: TextName, title: string, width = 120): RequestColumn => ({
  name,
  title,
  width,
  giveUp: 20,
  render: (request) => <OneLine text={request[name]} />,
});

const count = (
  name: 'cached_input_tokens' | 'reasoning_tokens' | 'input_tokens' | 'output_tokens',
  title: string,
): RequestColumn => ({
  name,
  title,
  width: 84,
  giveUp: 20,
  isNumber: true,
  render: (request) => (request[name] === null ? <Unknown /> : formatCompact(request[name])),
});

/** All columns, in the order they stand and are offered. The time is drawn by the row itself: it is the row's link. */
export const REQUEST_COLUMNS: readonly RequestColumn[] = [
  { name: 'time', title: 'Time', width: 78, giveUp: 0, sort: 'time', render: () => null },
  {
    name: 'model',
    title: 'Model',
    width: 148,
    giveUp: 5,
    render: ({ model, provider }) => <OneLine text={model} title={`${model}, ${provider}`} />,
  },
  text('provider', 'Provider', 96),
  {
    name: 'preview',
    title: 'Input → output',
    width: 280,
    giveUp: 0,
    isWide: true,
    render: (request, { words }) => <RequestPreview request={request} words={words} />,
  },
  {
    name: 'prompt',
    title: 'Prompt',
    width: 160,
    giveUp: 9,
    render: (request) => <OneLine text={promptName(request)} />,
  },
  text('name', 'Name'),
  text('user_id', 'User'),
  text('session_id', 'Session'),
  text('trace_id', 'Trace'),
  text('environment', 'Environment', 104),
  text('release', 'Release', 96),
  text('endpoint', 'Endpoint', 132),
  text('finish_reason', 'Finish reason', 104),
  text('service_tier', 'Service tier', 96),
  text('response_model', 'Answered by', 148),
  {
    name: 'key',
    title: 'API key',
    width: 120,
    giveUp: 20,
    render: ({ api_key_id }) =>
      api_key_id === null ? (
        <Unknown />
      ) : (
        <span className={table.line}>
          <KeyName id={api_key_id} />
        </span>
      ),
  },
  {
    name: 'tags',
    title: 'Tags',
    width: 160,
    giveUp: 21,
    render: ({ tags }) => (
      <OneLine
        text={
          Object.entries(tags)
            .map(([key, value]) => `${key}:${value}`)
            .join(' ') || null
        }
      />
    ),
  },
  {
    name: 'latency',
    title: 'Latency',
    width: 96,
    giveUp: 0,
    sort: 'latency',
    isNumber: true,
    render: ({ latency_ms }, { slow }) =>
      latency_ms === null ? (
        <Unknown />
      ) : (
        <span className={slow !== null && latency_ms > slow ? classes.high : undefined} title={`${latency_ms} ms`}>
          {formatDuration(latency_ms)}
        </span>
      ),
  },
  {
    name: 'ttft',
    title: 'First token',
    about: 'Time to the first token',
    width: 96,
    giveUp: 20,
    isNumber: true,
    render: ({ ttft_ms }) => (ttft_ms === null ? <Unknown /> : formatDuration(ttft_ms)),
  },
  {
    name: 'tokens',
    title: 'Tokens',
    about: 'Tokens in → out',
    width: 116,
    giveUp: 4,
    sort: 'tokens',
    isNumber: true,
    render: (request) => <TokenCount {...request} />,
  },
  count('input_tokens', 'Input'),
  count('output_tokens', 'Output'),
  count('cached_input_tokens', 'Cached'),
  count('reasoning_tokens', 'Reasoning'),
  {
    name: 'cost',
    title: 'Cost',
    width: 116,
    giveUp: 3,
    sort: 'cost',
    isNumber: true,
    render: (request, { expensive }) => <CostCell request={request} expensive={expensive} />,
  },
];

/** Those that are shown where the address names none. */
export const DEFAULT_COLUMNS: readonly string[] = ['time', 'model', 'preview', 'prompt', 'latency', 'tokens', 'cost'];

function OneLine({ text: shown, title }: { text: string | null; title?: string }) {
  if (shown === null) return <Unknown />;
  return (
    <span className={table.line} dir="auto" title={title ?? shown}>
      {shown}
    </span>
  );
}

function Unknown() {
  return (
    <span className={table.unknown} title="Not reported">
      –
    </span>
  );
}
