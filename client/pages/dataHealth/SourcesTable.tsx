import type { DataHealthSource } from '#shared/dataHealth';
import { formatCount } from '../../lib/formatNumber.ts';
import { SOURCE_NAMES } from './findings.ts';
import classes from './DataHealthPage.module.css';

/** The same counts by the way it came in. */
export function SourcesTable({ sources }: { sources: readonly DataHealthSource[] }) {
  if (sources.length === 0) return null;
  return (
    <div>
      <h2 id="sources" className={classes.heading}>
        By the way it came in
      </h2>
      <div className={classes.scroll} tabIndex={0} role="region" aria-labelledby="sources">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Way</th>
              {COLUMNS.map(({ title }) => (
                <th key={title} scope="col" data-number>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sources.map((source) => (
              <tr key={source.source}>
                <th scope="row">{SOURCE_NAMES[source.source]}</th>
                {COLUMNS.map(({ title, of }) => (
                  <td key={title} data-number data-none={of(source) === 0 || undefined}>
                    {formatCount(of(source))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

const COLUMNS: readonly { readonly title: string; readonly of: (source: DataHealthSource) => number }[] = [
  { title: 'Accepted', of: ({ accepted }) => accepted },
  { title: 'Dropped', of: ({ dropped }) => dropped.reduce((sum, { count }) => sum + count, 0) },
  { title: 'Refused', of: ({ rejected }) => rejected },
  { title: 'Cut', of: ({ truncated }) => truncated },
  { title: 'Wrong clock', of: ({ clock_skewed }) => clock_skewed },
  { title: 'Sent again', of: ({ duplicate }) => duplicate },
  { title: 'Completed later', of: ({ updated }) => updated },
];
