import { Button, Center, Group, Stack, Text, Title } from '@mantine/core';
import { ExclamationTriangleIcon } from '@radix-ui/react-icons';
import { signOut } from '../api/credentials.ts';

type ErrorScreenProps = { title: string; message: string; onRetry: () => void };

/** The whole window, when nothing else can be shown. */
export function ErrorScreen({ title, message, onRetry }: ErrorScreenProps) {
  return (
    <Center mih="80dvh" p="md">
      <Stack align="center" gap="sm" maw={440} ta="center" role="alert">
        <ExclamationTriangleIcon width={28} height={28} color="var(--pl-error)" />
        <Title order={1} fz="xl">
          {title}
        </Title>
        <Text c="dimmed" className="wrapAnywhere">
          {message}
        </Text>
        <Group mt="xs" justify="center">
          <Button onClick={onRetry}>Try again</Button>
          <Button variant="default" onClick={() => signOut()}>
            Sign out
          </Button>
        </Group>
      </Stack>
    </Center>
  );
}
