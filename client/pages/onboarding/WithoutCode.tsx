import { useState } from 'react';
import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ArchiveIcon, CheckIcon, PaperPlaneIcon } from '@radix-ui/react-icons';
import { errorMessage } from '../../api/errorMessage.ts';
import { loadDemoData, sendTestRequest } from '../../api/logging.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { formatCount } from '../../lib/formatNumber.ts';

type Choice = 'test' | 'demo';

const PROBLEMS: Record<Choice, string> = {
  test: 'The test request was not logged',
  demo: 'The demo data was not loaded',
};

/** Something to look at before any code is written. The page behind it turns live with the first request. */
export function WithoutCode({ apiKey }: { apiKey: string }) {
  const utils = trpc.useUtils();
  const [busy, setBusy] = useState<Choice | null>(null);
  const [problem, setProblem] = useState<{ of: Choice; message: string } | null>(null);
  const start = async (choice: Choice, log: () => Promise<unknown>) => {
    setBusy(choice);
    setProblem(null);
    try {
      await log();
      await utils.invalidate();
    } catch (error) {
      setProblem({ of: choice, message: errorMessage(error) });
    } finally {
      setBusy(null);
    }
  };
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<PaperPlaneIcon />}
          loading={busy === 'test'}
          disabled={busy === 'demo'}
          onClick={() => void start('test', () => sendTestRequest(apiKey))}
        >
          Send a test request
        </Button>
        <Button
          variant="default"
          leftSection={<ArchiveIcon />}
          loading={busy === 'demo'}
          disabled={busy === 'test'}
          onClick={() => void start('demo', () => loadWithNotice(apiKey))}
        >
          Load demo data
        </Button>
      </Group>
      <Text fz="sm" c="dimmed">
        To look around before you write code: one made-up request, or a month of a made-up company, 1,000 requests with
        traces. They carry the tag demo:yes, by which you can delete them again.
      </Text>
      {problem !== null && <ErrorPanel title={PROBLEMS[problem.of]} message={problem.message} />}
    </Stack>
  );
}

/** The page gives way to the list as soon as the first of it is there: a notice stays, and says how far it is. */
async function loadWithNotice(apiKey: string): Promise<void> {
  const id = notifications.show({
    loading: true,
    autoClose: false,
    withCloseButton: false,
    title: 'Loading demo data',
    message: 'It comes in batches of 100 requests.',
    role: 'status',
  });
  try {
    const count = await loadDemoData(apiKey, (stored, total) =>
      notifications.update({
        id,
        loading: true,
        autoClose: false,
        title: 'Loading demo data',
        message: `${formatCount(stored)} of ${formatCount(total)} requests.`,
      }),
    );
    notifications.update({
      id,
      loading: false,
      autoClose: 6_000,
      withCloseButton: true,
      color: 'green',
      icon: <CheckIcon />,
      title: 'Demo data is loaded',
      message: `${formatCount(count)} requests of a month. Delete them by the tag demo:yes.`,
    });
  } catch (error) {
    notifications.update({
      id,
      loading: false,
      autoClose: false,
      withCloseButton: true,
      color: 'red',
      title: PROBLEMS.demo,
      message: `${errorMessage(error)} Nothing is stored twice when you try again.`,
    });
    throw error;
  }
}
