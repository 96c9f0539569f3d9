import type { ReleaseReport } from '#shared/releaseReport';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { FoldedLine } from '../../components/FoldedLine.tsx';
import type { PageSearch } from '../../domain/pageSearch.ts';
import { GroupCards } from './GroupCards.tsx';
import { finishRows, metricRows, moverRows, sumUp } from './reportRows.ts';
import { ReportTable } from './ReportTable.tsx';
import { VerdictMark } from './VerdictMark.tsx';
import classes from './ReleasesPage.module.css';

type ReportViewProps = { report: ReleaseReport; search: PageSearch };

/** The verdict, the groups, and the tables it comes from. */
export function ReportView({ report, search }: ReportViewProps) {
  const finish = finishRows(report);
  const movers = moverRows(report);
  return (
    <>
      <p className={classes.summary} role="status">
        <VerdictMark verdict={report.verdict} />
        <span>{sumUp(report)}</span>
      </p>
      <GroupCards report={report} search={search} />
      <ReportTable title="Figures" heading="Figure" report={report} rows={metricRows(report)} search={search} />
      {movers.length > 0 && (
        <section aria-labelledby="movers">
          <h2 className={classes.title} id="movers">
            What moved most
          </h2>
          <ReportTable
            title="What moved most"
            heading="Model or prompt"
            report={report}
            rows={movers}
            search={search}
          />
        </section>
      )}
      {finish.length > 0 && (
        <section aria-labelledby="finish">
          <h2 className={classes.title} id="finish">
            Why answers ended
          </h2>
          <ReportTable
            title="Why answers ended"
            heading="Finish reason"
            report={report}
            rows={finish}
            search={search}
          />
        </section>
      )}
      <FoldedLine title="How sure this is" note={`${Math.round(report.confidence * 100)}% for each table`}>
        <div className={classes.explained}>
          <p>
            Below each figure stands between which values the true one lies, and beside the difference what it may be: a
            line that touches the middle may be no difference at all. All rows of a table hold together with{' '}
            {Math.round(report.confidence * 100)} %: where nothing differs, at most one comparison in{' '}
            {Math.round(1 / (1 - report.confidence))} says that something does.
          </p>
          <p>
            Shares have Wilson’s interval, quantiles the ranks that enclose them whatever the distribution is, means an
            interval corrected for the long tail of costs. Below 30 requests no mean is judged; the 95th percentile
            needs about a hundred. Requests are taken as independent: where many come from one trace or user, less is
            known than it seems.
          </p>
          <p>
            “No difference seen” does not mean that there is none: with more requests a smaller one would show. And what
            differs may come from other models or prompts in the group: “What moved most” says which.
          </p>
        </div>
      </FoldedLine>
      <FoldedLine title="In CI" note="a command that ends with an error where B is worse">
        <CodeBlock label="A step of CI" code={ciStep(report, search)} />
      </FoldedLine>
    </>
  );
}

/** The same comparison as a step of CI. */
function ciStep({ by, a, b }: ReleaseReport, { q, env, a: given }: PageSearch): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const parameters = [
    `by=${by}`,
    // The time before `b` needs no name.
    ...(by === 'period' && given === undefined ? [] : [`a=${a.value}`]),
    `b=${b.value}`,
    ...(q === undefined ? [] : [`q=${q}`]),
    ...(env === undefined || by === 'env' ? [] : [`environment=${env}`]),
    'fail_on=error_rate,latency_p95>20%,cost_per_request>20%,too_few',
  ];
  return [
    `curl -sS --fail-with-body -G "$PROMPTLAB_URL/api/v1/compare"`,
    `  -H "Authorization: Bearer $PROMPTLAB_API_KEY"`,
    ...parameters.map((parameter) => `  --data-urlencode ${quote(parameter)}`),
  ].join(' \\\n');
}
