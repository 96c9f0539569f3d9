import type { RequestSummary } from '#shared/request';
import { explainUnknownCost, sayUnknownCost } from '../../domain/unknownCost.ts';
import { formatUsd } from '../../lib/formatNumber.ts';
import classes from './RequestTable.module.css';
import table from '../../components/RowTable.module.css';

/** Decimals that a column of costs has room for. */
const DECIMALS = 6;
/** As wide as a digit. */
const FIGURE_SPACE = '\u2007';

/** The cost in a column: the points of all rows stand below each other. What is not known says what is missing. */
export function CostCell({ request, expensive }: { request: RequestSummary; expensive: number | null }) {
  const { cost_usd } = request;
  if (cost_usd === null) {
    return (
      <span className={table.unknown} title={`The cost is not known: ${explainUnknownCost(request)}`}>
        {sayUnknownCost(request)}
      </span>
    );
  }
  const isHigh = expensive !== null && Number(cost_usd) > expensive;
  return (
    <span className={isHigh ? classes.high : undefined} title={`$${cost_usd}`}>
      {alignPoint(formatUsd(cost_usd))}
    </span>
  );
}

/** Fills the decimals that a shorter amount does not have. */
function alignPoint(amount: string): string {
  const decimals = amount.length - 1 - amount.indexOf('.');
  return amount + FIGURE_SPACE.repeat(Math.max(0, DECIMALS - decimals));
}
