import { Anchor, Skeleton } from '@mantine/core';
import type { CostExplanation } from '#shared/price';
import type { RequestSummary } from '#shared/request';
import { trpc } from '../../api/trpc.ts';
import { formatQuantity } from '../../lib/formatNumber.ts';
import { formatDate } from '../../lib/time.ts';
import { explainUnknownCost } from '../unknownCost.ts';
import classes from './MetadataTab.module.css';

type Computed = NonNullable<CostExplanation['computed']>;

/** What a cost is made of: who said it, or how much of what at which price. */
export function CostExplained({ request }: { request: RequestSummary }) {
  const { id, cost_usd, cost_source, started_at } = request;
  const isPriced = cost_usd !== null && cost_source !== 'provided';
  const cost = trpc.prices.explain.useQuery({ id }, { enabled: isPriced });
  if (cost_usd === null) return <Words>The cost is not known: {explainUnknownCost(request)}.</Words>;
  if (!isPriced) return <Words>${cost_usd}, as the caller or the provider gave it.</Words>;
  if (cost.isPending) return <Skeleton h={64} />;
  if (cost.data?.computed) {
    return <Formula computed={cost.data.computed} stored={cost_usd} day={formatDate(started_at)} />;
  }
  const why = cost.data?.missing ?? 'What it is made of could not be loaded.';
  return (
    <Words>
      ${cost_usd}, computed when it was logged. {why}
    </Words>
  );
}

type FormulaProps = { computed: Computed; stored: string; day: string };

function Formula({ computed, stored, day }: FormulaProps) {
  const { lines, share, total_usd, price, is_stored } = computed;
  return (
    <div className={classes.formula}>
      <table aria-label="How the cost is made up">
        <tbody>
          {lines.map(({ what, quantity, per, rate_usd, amount_usd }) => (
            <tr key={what}>
              <th scope="row">{what.charAt(0).toUpperCase() + what.slice(1)}</th>
              <td>
                {formatQuantity(quantity)} × ${rate_usd}
                {UNITS[per]}
              </td>
              <td>${amount_usd}</td>
            </tr>
          ))}
          {share !== null && (
            <tr>
              <th scope="row">Service tier</th>
              <td>tokens × {share}</td>
              <td />
            </tr>
          )}
          <tr>
            <th scope="row">Total</th>
            <td />
            <td>${total_usd}</td>
          </tr>
        </tbody>
      </table>
      <p>
        <PriceRow price={price} /> The request is of {day}.
        {!is_stored && ` When it was logged the cost came to $${stored}: prices have changed since.`}
      </p>
    </div>
  );
}

/** The row of the price, with its date and source. */
function PriceRow({ price }: { price: Computed['price'] }) {
  const { source, model, provider, version, dated, valid_from, source_url } = price;
  const since = valid_from === null ? '' : `, valid from ${formatDate(valid_from, 'UTC')}`;
  if (source === 'custom') {
    return `By your organization's price of ${model}, saved on ${formatDate(dated, 'UTC')}${since}.`;
  }
  return (
    <>
      By the built-in price of {model} ({provider}, {version} of {formatDate(dated, 'UTC')}){since}
      {source_url !== null && (
        <>
          :{' '}
          <Anchor href={source_url} target="_blank" rel="noreferrer" fz="inherit" underline="always">
            source
          </Anchor>
        </>
      )}
      .
    </>
  );
}

const UNITS: Readonly<Record<number, string>> = { 1: '', 1_000: '/k', 3_600: '/h', 1_000_000: '/M' };

function Words({ children }: { children: React.ReactNode }) {
  return <div className={classes.empty}>{children}</div>;
}
