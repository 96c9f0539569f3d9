import { Link } from '@tanstack/react-router';
import type { ReleaseReport, ReportedFigure, ReportedGroup } from '#shared/releaseReport';
import type { PageSearch } from '../../domain/pageSearch.ts';
import { formatCount } from '../../lib/formatNumber.ts';
import { formatDifference, formatFigure, formatInterval, placeInterval } from './reportFigures.ts';
import { groupName, listSearch, type ReportRow } from './reportRows.ts';
import { VerdictMark } from './VerdictMark.tsx';
import classes from './ReleasesPage.module.css';

type ReportTableProps = {
  /** Of the table, and of its first column. */
  title: string;
  heading: string;
  report: ReleaseReport;
  rows: readonly ReportRow[];
  /** The address of the page. */
  search: PageSearch;
};

/** Figures of both groups, what lies between them, and the verdict; each figure leads to the requests behind it. */
export function ReportTable({ title, heading, report, rows, search }: ReportTableProps) {
  const groups = [report.a, report.b] as const;
  return (
    <table className={classes.table} aria-label={title}>
      <thead>
        <tr>
          <th scope="col">{heading}</th>
          {groups.map((group, index) => (
            <th key={index} scope="col" data-number>
              <span className={classes.letter}>{index === 0 ? 'A' : 'B'}</span>{' '}
              <bdi title={groupName(report.by, group)}>{groupName(report.by, group)}</bdi>
            </th>
          ))}
          <th scope="col">Difference</th>
          <th scope="col">Verdict</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key} data-verdict={row.judged.verdict}>
            <th scope="row">
              {row.of !== undefined && (
                <bdi className={classes.of} title={row.of}>
                  {row.of}
                </bdi>
              )}
              <span>{row.name}</span>
            </th>
            <Figure figure={row.judged.a} row={row} group={report.a} letter="A" by={report.by} search={search} />
            <Figure figure={row.judged.b} row={row} group={report.b} letter="B" by={report.by} search={search} />
            <td>
              <Difference row={row} />
            </td>
            <td>
              {row.judged.difference === null ? (
                <span className={classes.interval}>Not reported by both</span>
              ) : (
                <VerdictMark verdict={row.judged.verdict} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type FigureProps = {
  figure: ReportedFigure;
  row: ReportRow;
  group: ReportedGroup;
  letter: 'A' | 'B';
  by: ReleaseReport['by'];
  search: PageSearch;
};

function Figure({ figure, row, group, letter, by, search }: FigureProps) {
  const interval = formatInterval(figure, row.unit);
  return (
    <td data-number data-letter={letter} className={classes.figure}>
      {figure.value === null ? (
        <span className={classes.interval}>not reported</span>
      ) : (
        <>
          <Link
            to="/requests"
            search={listSearch(search, by, group, row.leadsTo(figure))}
            className={classes.value}
            title={`Of ${formatCount(figure.requests)} requests`}
          >
            {formatFigure(figure.value, row.unit)}
          </Link>
          <span className={classes.interval}>{interval ?? `of ${formatCount(figure.requests)}`}</span>
        </>
      )}
    </td>
  );
}

function Difference({ row: { judged, unit } }: { row: ReportRow }) {
  const difference = formatDifference(judged, unit);
  if (difference === null) return <span className={classes.interval}>–</span>;
  const place = placeInterval(judged.difference);
  return (
    <div className={classes.difference}>
      <span className={classes.change}>{difference.value}</span>
      {place && (
        <svg className={classes.line} viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden>
          <line x1="50" x2="50" y1="0" y2="12" className={classes.zero} />
          <line x1={place.from} x2={place.to} y1="6" y2="6" className={classes.reach} />
          <line x1={place.at} x2={place.at} y1="2" y2="10" className={classes.estimate} />
        </svg>
      )}
      {difference.interval !== null && <span className={classes.interval}>{difference.interval}</span>}
    </div>
  );
}
