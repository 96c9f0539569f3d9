import { Alert, Button, Stack, Text } from '@mantine/core';
import { ExclamationTriangleIcon } from '@radix-ui/react-icons';

type ErrorPanelProps = { title: string; message: string; onRetry?: () => void };

/** Something could not be loaded: the reason, and the way to try again. */
export function ErrorPanel({ title, message, onRetry }: ErrorPanelProps) {
  return (
    <Alert color="red" variant="light" title={title} icon={<ExclamationTriangleIcon />} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text fz="sm" className="wrapAnywhere">
          {message}
        </Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
