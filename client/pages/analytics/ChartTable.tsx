import { Link } from '@tanstack/react-router';
import type { ChartCardProps } from './ChartCard.tsx';
import classes from './AnalyticsPage.module.css';

/** The numbers of a chart, each of which leads to its requests. */
export function ChartTable({
  title,
  rows,
  layers,
  format,
  searchOf,
}: Pick<ChartCardProps, 'title' | 'rows' | 'layers' | 'format' | 'searchOf'>) {
  return (
    <div className={classes.table} tabIndex={0} role="region" aria-label={`${title}, numbers`}>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            {layers.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, until, label, values }) => {
            const time = { from: at, to: until };
            return (
              <tr key={at}>
                <th scope="row">
                  <Link to="/requests" search={searchOf([], time)} className={classes.link}>
                    {label}
                  </Link>
                </th>
                {layers.map(({ name, term }) => {
                  const value = values[name] ?? null;
                  const shown = value === null ? '–' : format(value);
                  return (
                    <td key={name}>
                      {term && value !== null && value !== 0 ? (
                        <Link to="/requests" search={searchOf([term], time)} className={classes.link}>
                          {shown}
                        </Link>
                      ) : (
                        shown
                      )}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
