import type { DataHealthSource } from '#shared/dataHealth';
import { ARRIVAL_COLUMNS, type CountColumn, CountsTable } from './CountsTable.tsx';
import { SOURCE_NAMES } from './findings.ts';

const COLUMNS: readonly CountColumn<DataHealthSource>[] = [
  ...ARRIVAL_COLUMNS,
  { title: 'Sent again', of: ({ duplicate }) => duplicate },
  { title: 'Completed later', of: ({ updated }) => updated },
];

/** The same counts by the way it came in. */
export function SourcesTable({ sources }: { sources: readonly DataHealthSource[] }) {
  if (sources.length === 0) return null;
  return (
    <div>
      <CountsTable
        id="sources"
        title="By the way it came in"
        rowTitle="Way"
        rows={sources}
        keyOf={({ source }) => source}
        nameOf={({ source }) => SOURCE_NAMES[source]}
        columns={COLUMNS}
      />
    </div>
  );
}
