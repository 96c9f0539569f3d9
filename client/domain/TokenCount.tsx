import { Text } from '@mantine/core';
import type { RequestSummary } from '#shared/request';
import { formatCompact, formatCount } from '../lib/formatNumber.ts';

type Tokens = Pick<RequestSummary, 'input_tokens' | 'output_tokens'>;

/** `1,234 → 56`: input, then output. What was not reported is a dash, never 0. */
export function TokenCount({ input_tokens, output_tokens }: Tokens) {
  if (input_tokens === null && output_tokens === null) {
    return (
      <Text component="span" fz="inherit" c="dimmed" title="Not reported">
        –
      </Text>
    );
  }
  return (
    <Text
      component="span"
      fz="inherit"
      className="tabular"
      title={`Input ${describe(input_tokens)}, output ${describe(output_tokens)}`}
    >
      {short(input_tokens)}
      <Text component="span" inherit c="dimmed" mx={4}>
        →
      </Text>
      {short(output_tokens)}
    </Text>
  );
}

function short(tokens: number | null): string {
  return tokens === null ? '–' : formatCompact(tokens);
}

function describe(tokens: number | null): string {
  return tokens === null ? 'not reported' : formatCount(tokens);
}
