import { Text, type TextProps } from '@mantine/core';
import type { RequestSummary } from '#shared/request';
import { formatUsd } from '../lib/formatNumber.ts';
import { explainUnknownCost, type UnknownCost } from './unknownCost.ts';

type CostTextProps = TextProps & {
  /** Its `cost_usd` is null where the price or the usage is not known. */
  request: UnknownCost & Pick<RequestSummary, 'cost_usd'>;
};

/** Dollars of one request; unknown is said, with what is missing, and never shown as zero. */
export function CostText({ request, ...textProps }: CostTextProps) {
  const { cost_usd } = request;
  if (cost_usd === null) {
    return (
      <Text component="span" c="dimmed" {...textProps} title={`The cost is not known: ${explainUnknownCost(request)}`}>
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
