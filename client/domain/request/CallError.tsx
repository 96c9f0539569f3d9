import { Alert, Group, Text } from '@mantine/core';
import { CrossCircledIcon } from '@radix-ui/react-icons';
import type { RequestError } from '#shared/request';

/** What the provider said when the call failed. */
export function CallError({ error }: { error: RequestError }) {
  const marks = [
    error.http_status === null || error.http_status === undefined ? null : `HTTP ${error.http_status}`,
    error.type,
    error.code,
    error.param && `param ${error.param}`,
  ].filter((mark) => mark !== null && mark !== undefined && mark !== '');
  return (
    <Alert color="red" variant="light" icon={<CrossCircledIcon />} title="The call failed">
      <Text fz="sm" className="wrapAnywhere" dir="auto" style={{ whiteSpace: 'pre-wrap' }}>
        {error.message ?? 'The provider gave no message.'}
      </Text>
      {marks.length > 0 && (
        <Group gap={8} mt={6}>
          {[...new Set(marks)].map((mark) => (
            <Text key={mark} component="code" ff="monospace" fz={12}>
              {mark}
            </Text>
          ))}
        </Group>
      )}
    </Alert>
  );
}
