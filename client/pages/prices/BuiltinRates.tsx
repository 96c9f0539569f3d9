import { Anchor } from '@mantine/core';
import type { BuiltinPrice } from '#shared/price';
import { formatCount } from '../../lib/formatNumber.ts';
import { formatDate } from '../../lib/time.ts';
import { describeRates } from './priceDraft.ts';

/** What a row of the built-in list costs, since when, and where that was read. */
export function BuiltinRates({ price }: { price: BuiltinPrice }) {
  const { rates, tiers, valid_from, source_url, provider_name } = price;
  return (
    <>
      {describeRates(rates) || 'free'}
      {valid_from !== null && `, since ${formatDate(valid_from, 'UTC')}`}
      {source_url !== null && (
        <>
          {' '}
          <Anchor
            href={source_url}
            target="_blank"
            rel="noreferrer"
            fz="inherit"
            underline="always"
            aria-label={`source: prices of ${provider_name}, in a new tab`}
          >
            source
          </Anchor>
        </>
      )}
      {tiers.map((tier) => (
        <div key={tier.above_input_tokens}>
          above {formatCount(tier.above_input_tokens)} input tokens: {describeRates(tier.rates)}
        </div>
      ))}
    </>
  );
}
