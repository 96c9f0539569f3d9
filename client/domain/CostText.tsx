import { Text, type TextProps } from '@mantine/core';
import { formatUsd } from '../lib/formatNumber.ts';

type CostTextProps = TextProps & {
  /** Null where the price or the usage is not known. */
  cost_usd: string | null;
};

/** Dollars of one request; unknown is said and never shown as zero. */
export function CostText({ cost_usd, ...textProps }: CostTextProps) {
  if (cost_usd === null) {
    return (
      <Text component="span" c="dimmed" {...textProps} title="The price or the tokens of this request are not known">
        unknown
      </Text>
    );
  }
  return (
    <Text component="span" className="tabular" {...textProps} title={`$${cost_usd}`}>
      {formatUsd(cost_usd)}
    </Text>
  );
}
