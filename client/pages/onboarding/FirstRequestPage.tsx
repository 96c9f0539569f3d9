import { useState } from 'react';
import { Alert, Button, Group, Loader, Paper, Stack, Tabs, Text } from '@mantine/core';
import { InfoCircledIcon, PaperPlaneIcon } from '@radix-ui/react-icons';
import { useCredentials } from '../../api/credentials.ts';
import { errorMessage } from '../../api/errorMessage.ts';
import { sendTestRequest } from '../../api/sendTestRequest.ts';
import { trpc } from '../../api/trpc.ts';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { publicUrl } from '../../lib/basePath.ts';
import {
  curlSnippet,
  installPythonSnippet,
  installSnippet,
  manualSnippet,
  trackPythonSnippet,
  trackSnippet,
} from './snippets.ts';
import { version } from '../../../sdk/package.json';
import classes from './FirstRequestPage.module.css';

/** Until a request exists: how to log one. The list behind it asks every two seconds and takes over when one arrives. */
export default function FirstRequestPage() {
  const { key } = useCredentials();
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const canLog = session.data?.api_key.scopes.includes('ingest') ?? true;
  const target = { baseUrl: publicUrl(), apiKey: canLog && key !== null ? key : 'YOUR_API_KEY' };
  return (
    <Page title="Log your first request" layout="text">
      <Stack gap="lg">
        <Text c="dimmed">Paste one of these into your application and run it.</Text>
        <Waiting />
        {!canLog && (
          <Alert color="yellow" variant="light" icon={<InfoCircledIcon />}>
            The key you are signed in with may not log. Put a key with log access in place of YOUR_API_KEY.
          </Alert>
        )}
        <Paper radius="lg" p="lg" className={classes.card}>
          <Tabs defaultValue="track" keepMounted={false}>
            <Tabs.List mb="md">
              <Tabs.Tab value="track">TypeScript</Tabs.Tab>
              <Tabs.Tab value="python">Python</Tabs.Tab>
              <Tabs.Tab value="curl">curl</Tabs.Tab>
              <Tabs.Tab value="manual">Any client</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="track">
              <Step text="Install the SDK beside the OpenAI client." />
              <CodeBlock code={installSnippet(target, 'openai')} label="Command that installs the SDK" />
              <Step text="Wrap the client once. Nothing else in your code changes." />
              <CodeBlock code={trackSnippet(target)} label="TypeScript that logs calls" />
            </Tabs.Panel>
            <Tabs.Panel value="python">
              <Step text="Install the SDK beside the OpenAI client." />
              <CodeBlock
                code={installPythonSnippet({ ...target, version })}
                label="Command that installs the Python SDK"
              />
              <Step text="Wrap the client once. Nothing else in your code changes." />
              <CodeBlock code={trackPythonSnippet(target)} label="Python that logs calls" />
            </Tabs.Panel>
            <Tabs.Panel value="curl">
              <Step text="Log a request from a terminal, without any SDK." />
              <CodeBlock code={curlSnippet(target)} label="Command that logs a request" />
            </Tabs.Panel>
            <Tabs.Panel value="manual">
              <Step text="Install the SDK." />
              <CodeBlock code={installSnippet(target)} label="Command that installs the SDK" />
              <Step text="Log what you called and what came back, for any provider." />
              <CodeBlock code={manualSnippet(target)} label="TypeScript that logs a request by hand" />
            </Tabs.Panel>
          </Tabs>
        </Paper>
        {canLog && key !== null && <TestRequest apiKey={key} />}
      </Stack>
    </Page>
  );
}

function Waiting() {
  return (
    <Group gap="sm" wrap="nowrap" role="status" className={classes.waiting}>
      <Loader size={16} type="dots" color="var(--mantine-color-iris-light-color)" aria-hidden />
      <Text fz="sm" fw={500}>
        Waiting for the first request. This page turns live by itself.
      </Text>
    </Group>
  );
}

function Step({ text }: { text: string }) {
  return (
    <Text fz="sm" c="dimmed" mb={8} className={classes.step}>
      {text}
    </Text>
  );
}

function TestRequest({ apiKey }: { apiKey: string }) {
  const utils = trpc.useUtils();
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setIsSending] = useState(false);
  const send = async () => {
    setIsSending(true);
    setProblem(null);
    try {
      await sendTestRequest(apiKey);
      await Promise.all([utils.requests.list.invalidate(), utils.stats.totals.invalidate()]);
    } catch (error) {
      setProblem(errorMessage(error));
    } finally {
      setIsSending(false);
    }
  };
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button variant="default" leftSection={<PaperPlaneIcon />} loading={isSending} onClick={() => void send()}>
          Send a test request
        </Button>
        <Text fz="sm" c="dimmed">
          Logs one made-up request from this browser, to see that all is well.
        </Text>
      </Group>
      {problem !== null && <ErrorPanel title="The test request was not logged" message={problem} />}
    </Stack>
  );
}
