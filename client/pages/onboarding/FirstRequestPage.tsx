import { lazy, Suspense } from 'react';
import { Alert, Group, Loader, Paper, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { InfoCircledIcon } from '@radix-ui/react-icons';
import { useCredentials } from '../../api/credentials.ts';
import { trpc } from '../../api/trpc.ts';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { Page } from '../../components/Page.tsx';
import { publicUrl } from '../../lib/basePath.ts';
import {
  agentEnvironmentSnippet,
  agentSnippet,
  curlSnippet,
  installPythonSnippet,
  installSnippet,
  MANUAL_FILE,
  manualSnippet,
  PYTHON_FILE,
  runPythonSnippet,
  runTrackSnippet,
  TRACK_FILE,
  trackPythonSnippet,
  trackSnippet,
} from './snippets.ts';
import { WithoutCode } from './WithoutCode.tsx';
import { version } from '../../../sdk/package.json';
import classes from './FirstRequestPage.module.css';

const OtelPanel = lazy(() => import('./OtelPanel.tsx'));

/** Until a request exists: how to log one. The list behind it asks every two seconds and takes over when one arrives. */
export default function FirstRequestPage() {
  const { key } = useCredentials();
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const canLog = session.data?.api_key.scopes.includes('ingest') ?? true;
  const target = { baseUrl: publicUrl(), apiKey: canLog && key !== null ? key : 'YOUR_API_KEY' };
  return (
    <Page title="Log your first request" layout="text">
      <Stack gap="lg">
        <Waiting />
        {canLog && key !== null && <WithoutCode apiKey={key} />}
        <Text c="dimmed">To log calls of your own, paste one of these into a new folder and run it.</Text>
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
              <Tabs.Tab value="otel">OpenTelemetry</Tabs.Tab>
              <Tabs.Tab value="agent">Coding agent</Tabs.Tab>
              <Tabs.Tab value="manual">Any client</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="track">
              <Step text="Install the SDK beside the OpenAI client." />
              <CodeBlock code={installSnippet(target, 'openai')} label="Command that installs the SDK" />
              <Step text={`Save as ${TRACK_FILE}. In your own code, wrap the client once; nothing else changes.`} />
              <CodeBlock code={trackSnippet(target)} label="TypeScript that logs calls" />
              <Step text="Run it with your OpenAI key. In TypeScript, run a .ts file with npx tsx." />
              <CodeBlock code={runTrackSnippet()} label="Command that runs it" />
            </Tabs.Panel>
            <Tabs.Panel value="python">
              <Step text="Install the SDK beside the OpenAI client." />
              <CodeBlock
                code={installPythonSnippet({ ...target, version })}
                label="Command that installs the Python SDK"
              />
              <Step text={`Save as ${PYTHON_FILE}. In your own code, wrap the client once; nothing else changes.`} />
              <CodeBlock code={trackPythonSnippet(target)} label="Python that logs calls" />
              <Step text="Run it with your OpenAI key." />
              <CodeBlock code={runPythonSnippet()} label="Command that runs it" />
            </Tabs.Panel>
            <Tabs.Panel value="curl">
              <Step text="Log a request from a terminal, without any SDK." />
              <CodeBlock code={curlSnippet(target)} label="Command that logs a request" />
            </Tabs.Panel>
            <Tabs.Panel value="otel">
              <Suspense fallback={<Skeleton h={280} radius="md" />}>
                <OtelPanel target={target} />
              </Suspense>
            </Tabs.Panel>
            <Tabs.Panel value="agent">
              <Step text="Give the key to the terminal in which your agent works, not to the conversation." />
              <CodeBlock code={agentEnvironmentSnippet(target)} label="Commands that set the key" />
              <Step text="Then ask your coding agent." />
              <CodeBlock code={agentSnippet({ ...target, version })} label="Text for a coding agent" />
            </Tabs.Panel>
            <Tabs.Panel value="manual">
              <Step text="Install the SDK." />
              <CodeBlock code={installSnippet(target)} label="Command that installs the SDK" />
              <Step
                text={`Save as ${MANUAL_FILE}, and run it with node. For any provider: what you called, and what came back.`}
              />
              <CodeBlock code={manualSnippet(target)} label="TypeScript that logs a request by hand" />
            </Tabs.Panel>
          </Tabs>
        </Paper>
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
