import { Button, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { formatTerm } from '#shared/query/terms';
import type { SeenModel } from '#shared/price';
import { formatCompact, formatCount, formatUsd } from '../../lib/formatNumber.ts';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { BuiltinRates } from './BuiltinRates.tsx';
import { describeRates } from './priceDraft.ts';
import classes from './PricesPage.module.css';
import table from '../../components/PlainTable.module.css';

type ModelsTableProps = { models: readonly SeenModel[]; onAdd: ((model: SeenModel) => void) | undefined };

/** The models that were logged. Those whose cost is not known come first: they are what is to be done here. */
export function ModelsTable({ models, onAdd }: ModelsTableProps) {
  const unpriced = models.filter(({ price }) => price === null);
  const priced = models.filter(({ price }) => price !== null);
  return (
    <section className={classes.section} aria-labelledby="models">
      <Title order={2} id="models" className={classes.title}>
        Models that were logged
      </Title>
      <Text fz="sm" c="dimmed" className={classes.about}>
        {models.length === 0 && 'None yet.'}
        {models.length > 0 && unpriced.length === 0 && 'Each has a price.'}
        {unpriced.length > 0 &&
          `${unpriced.length} without a price: what they cost is not in any sum until a price is set, or the caller sends cost_usd.`}
      </Text>
      {models.length > 0 && (
        <div className={table.scroll}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Provider</th>
                <th scope="col">Price for a million tokens</th>
                <th scope="col" data-number>
                  Requests
                </th>
                <th scope="col" data-number>
                  Cost unknown
                </th>
                <th scope="col" data-number>
                  Tokens
                </th>
                <th scope="col" data-number>
                  Cost
                </th>
                <th scope="col">Last seen</th>
                {onAdd && <th scope="col">Actions</th>}
              </tr>
            </thead>
            <tbody>
              {[...unpriced, ...priced].map((model) => (
                <tr key={`${model.provider}/${model.model}`}>
                  <th scope="row">
                    <Link to="/requests" search={{ q: termsOf(model) }} className={classes.link}>
                      {model.model}
                    </Link>
                  </th>
                  <td>{model.provider}</td>
                  <td className={classes.rates}>
                    <Prices model={model} />
                  </td>
                  <td data-number>{formatCount(model.requests)}</td>
                  <td data-number data-warn={model.unpriced_requests > 0 || undefined}>
                    {formatCount(model.unpriced_requests)}
                  </td>
                  <td data-number title={formatCount(model.tokens)}>
                    {formatCompact(model.tokens)}
                  </td>
                  <td data-number>
                    {model.unpriced_requests === model.requests ? '–' : formatUsd(model.cost_usd)}
                    {model.unpriced_requests > 0 && model.unpriced_requests < model.requests && '+'}
                  </td>
                  <td>
                    <RelativeTime instant={model.last_seen} />
                  </td>
                  {onAdd && (
                    <td data-number>
                      <Button
                        size="compact-xs"
                        variant={model.price === null ? 'light' : 'subtle'}
                        aria-label={`${model.price === null ? 'Add price' : 'Override'} for ${model.model}`}
                        onClick={() => onAdd(model)}
                      >
                        {model.price === null ? 'Add price' : 'Override'}
                      </Button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function termsOf({ model, provider }: SeenModel): string {
  return `${formatTerm({ field: 'model', value: model })} ${formatTerm({ field: 'provider', value: provider })}`;
}

/** The price that counts, and the built-in one beside a price of the organization. */
function Prices({ model: { custom, builtin } }: { model: SeenModel }) {
  if (custom === null && builtin === null) return <span className={classes.warn}>no price</span>;
  return (
    <>
      {custom !== null && (
        <div>
          Yours, {custom.model}: {describeRates(custom.rates)}
        </div>
      )}
      {builtin !== null && (
        <div data-unused={custom !== null || undefined}>
          {custom === null ? 'Built-in' : 'Built-in, not used'}: <BuiltinRates price={builtin} />
        </div>
      )}
    </>
  );
}
