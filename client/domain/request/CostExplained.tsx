import { Skeleton } from '@mantine/core';
import type { BilledPart, CostExplanation } from '#shared/cost';
import type { RequestSummary } from '#shared/request';
import { trpc } from '../../api/trpc.ts';
import { formatCount } from '../../lib/formatNumber.ts';
import { formatDate } from '../../lib/time.ts';
import { explainUnknownCost } from '../unknownCost.ts';
import classes from './MetadataTab.module.css';

/** What a cost is made of: who said it, or how much of what at which price. */
export function CostExplained({ request }: { request: RequestSummary }) {
  const { id, cost_usd, cost_source, started_at } = request;
  const isPriced = cost_source === 'builtin';
  const cost = trpc.requests.cost.useQuery({ id }, { enabled: isPriced, staleTime: Infinity });
  if (cost_usd === null) return <Words>The cost is not known: {explainUnknownCost(request)}.</Words>;
  if (!isPriced) return <Words>${cost_usd}, as the caller or the provider gave it.</Words>;
  if (cost.isPending) return <Skeleton h={64} />;
  const explanation = cost.data?.explanation ?? null;
  if (explanation === null) {
    return <Words>${cost_usd}, computed from the price list when it was logged. Its parts are not known.</Words>;
  }
  return <Formula explanation={explanation} stored={cost_usd} day={formatDate(started_at)} />;
}

type FormulaProps = { explanation: CostExplanation; stored: string; day: string };

function Formula({ explanation, stored, day }: FormulaProps) {
  const { provider, model, parts, share, total_usd } = explanation;
  return (
    <div className={classes.formula}>
      <table aria-label="How the cost is made up">
        <tbody>
          {parts.map((part) => (
            <tr key={part.kind}>
              <th scope="row">{KINDS.get(part.kind) ?? part.kind}</th>
              <td>
                {formatCount(part.count)} × ${part.price_usd}/{part.per === 'million' ? 'M' : 'k'}
              </td>
              <td>${costOf(part)}</td>
            </tr>
          ))}
          {share !== 1 && (
            <tr>
              <th scope="row">Service tier</th>
              <td>× {share}</td>
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
        By the built-in price of {model} ({provider}) on {day}.
        {total_usd !== stored && ` When it was logged the cost came to $${stored}: the price list has changed since.`}
      </p>
    </div>
  );
}

/** For a reader: the total is summed exactly by the server. */
function costOf({ count, price_usd, per }: BilledPart): string {
  const dollars = (count * Number(price_usd)) / (per === 'million' ? 1e6 : 1e3);
  return dollars.toFixed(8).replace(/(\.\d\d\d*?)0+$/, '$1');
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['input_mtok', 'Input'],
  ['output_mtok', 'Output'],
  ['cache_read_mtok', 'Cached input'],
  ['cache_write_mtok', 'Written to the cache'],
  ['cache_write_1h_mtok', 'Written to the cache for an hour'],
  ['input_audio_mtok', 'Audio input'],
  ['cache_audio_read_mtok', 'Cached audio'],
  ['output_audio_mtok', 'Audio output'],
  ['input_image_mtok', 'Image input'],
  ['cache_image_read_mtok', 'Cached images'],
  ['output_image_mtok', 'Image output'],
  ['input_video_mtok', 'Video input'],
  ['web_searches_kcount', 'Web searches'],
  ['storage_searches_kcount', 'File searches'],
  ['requests_kcount', 'Fee of the call'],
]);

function Words({ children }: { children: React.ReactNode }) {
  return <div className={classes.empty}>{children}</div>;
}
