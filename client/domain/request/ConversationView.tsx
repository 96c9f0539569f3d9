import { lazy, Suspense, useMemo } from 'react';
import { Group, Paper, SegmentedControl, Skeleton, Stack, Title } from '@mantine/core';
import { parseConversation } from '#shared/conversation/conversation';
import type { LoggedRequest } from '#shared/request';
import { useStoredState } from '../../lib/useStoredState.ts';
import { MessageList } from './MessageList.tsx';
import { ToolDefinitions } from './ToolDefinitions.tsx';

const JsonView = lazy(() => import('../../components/JsonView.tsx'));

type View = 'text' | 'json';
const isView = (value: unknown): value is View => value === 'text' || value === 'json';

/** The words of a request: as a conversation, or exactly as they were logged. */
export function ConversationView({ request }: { request: LoggedRequest }) {
  const [view, setView] = useStoredState<View>('conversation_view', 'text', isView);
  const { messages, response_content, response, tools } = request;
  const conversation = useMemo(() => parseConversation(request), [request]);
  return (
    <Stack gap="sm" component="section" aria-label="Conversation">
      <Group justify="space-between">
        <Title order={3} fz={15}>
          Conversation
        </Title>
        <SegmentedControl<View>
          size="xs"
          aria-label="Show the conversation as"
          value={view}
          onChange={setView}
          data={[
            { value: 'text', label: 'Text' },
            { value: 'json', label: 'JSON' },
          ]}
        />
      </Group>
      {view === 'text' ? (
        <>
          <MessageList conversation={conversation} isFailed={request.status === 'error'} />
          {tools !== null && <ToolDefinitions tools={tools} conversation={conversation} />}
        </>
      ) : (
        <Paper p="md" radius="md" bg="var(--pl-sunken)">
          <Suspense fallback={<Skeleton h={120} />}>
            <JsonView value={{ messages, response_content, response, tools }} label="Conversation as JSON" />
          </Suspense>
        </Paper>
      )}
    </Stack>
  );
}
