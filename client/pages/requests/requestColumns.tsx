import type { DataTableColumn } from 'mantine-datatable';
import type { RequestSummary } from '#shared/request';
import { CostText } from '../../domain/CostText.tsx';
import { ModelBadge } from '../../domain/ModelBadge.tsx';
import { StatusBadge } from '../../domain/StatusBadge.tsx';
import { TokenCount } from '../../domain/TokenCount.tsx';
import { LatencyBar } from './LatencyBar.tsx';
import { PromptAndTags } from './PromptAndTags.tsx';
import { RequestLink } from './RequestLink.tsx';
import { RequestPreview } from './RequestPreview.tsx';

/** `slowest`: the longest latency in view, which the latency bars are drawn against. */
export function requestColumns(slowest: number): DataTableColumn<RequestSummary>[] {
  return [
    { accessor: 'started_at', title: 'Time', width: 102, render: (request) => <RequestLink request={request} /> },
    { accessor: 'status', title: 'Status', width: 104, render: ({ status }) => <StatusBadge status={status} /> },
    { accessor: 'model', title: 'Model', width: 194, render: (request) => <ModelBadge {...request} /> },
    {
      accessor: 'preview',
      title: 'Message and answer',
      // Takes what the other columns leave: a cell of no width of its own that its text cannot widen.
      cellsStyle: () => ({ maxWidth: 0, width: '100%', minWidth: 220 }),
      render: (request) => <RequestPreview request={request} />,
    },
    {
      accessor: 'prompt_slug',
      title: 'Prompt and tags',
      width: 186,
      render: (request) => <PromptAndTags request={request} />,
    },
    {
      accessor: 'latency_ms',
      title: 'Latency',
      width: 88,
      textAlign: 'right',
      render: ({ latency_ms }) => <LatencyBar latency_ms={latency_ms} slowest={slowest} />,
    },
    {
      accessor: 'input_tokens',
      title: 'Tokens',
      width: 112,
      textAlign: 'right',
      render: (request) => <TokenCount {...request} />,
    },
    {
      accessor: 'cost_usd',
      title: 'Cost',
      width: 96,
      textAlign: 'right',
      render: (request) => <CostText fz="inherit" request={request} />,
    },
  ];
}
