import { Text } from '@mantine/core';
import type { RequestSummary } from '#shared/request';

/** The last message on one line and what came of it on the next. */
export function RequestPreview({ request }: { request: RequestSummary }) {
  const { input_preview, output_preview, status, error } = request;
  const failure = status === 'error' ? (error?.message ?? error?.code ?? 'The call failed.') : null;
  return (
    <>
      <Text fz="inherit" lh={1.4} truncate dir="auto" title={input_preview ?? undefined}>
        {input_preview ?? '–'}
      </Text>
      <Text fz="xs" lh={1.4} truncate dir="auto" c={failure ? 'var(--pl-error)' : 'dimmed'}>
        {failure ?? output_preview ?? 'No text in the answer'}
      </Text>
    </>
  );
}
