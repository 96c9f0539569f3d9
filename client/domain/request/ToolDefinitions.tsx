import { lazy, Suspense } from 'react';
import { Badge, Group, Skeleton, Stack, Text } from '@mantine/core';
import { calledTools, type Conversation } from '#shared/conversation/conversation';
import { parseToolDefinitions } from '#shared/conversation/toolDefinitions';
import type { JsonValue } from '#shared/primitives';
import { StepwiseList } from '../../components/StepwiseList.tsx';
import { plural } from '../../lib/formatNumber.ts';
import { FoldedSection } from './FoldedSection.tsx';

const JsonView = lazy(() => import('../../components/JsonView.tsx'));

/** Each has a tree of its parameters in the page, folded or not. */
const FIRST_TOOLS = 40;
const MORE_TOOLS = 100;

type ToolDefinitionsProps = { tools: JsonValue; conversation: Conversation };

/** What the model could call; those it did call are marked. */
export function ToolDefinitions({ tools, conversation }: ToolDefinitionsProps) {
  const definitions = parseToolDefinitions(tools);
  if (definitions.length === 0) return null;
  const called = new Set(calledTools(conversation).values());
  return (
    <FoldedSection title={`${plural(definitions.length, 'tool')} offered`}>
      <Stack gap="xs">
        <StepwiseList
          items={definitions}
          first={FIRST_TOOLS}
          step={MORE_TOOLS}
          noun="tool"
          render={({ name, description, schema }) => (
            <details>
              <summary style={{ cursor: 'pointer' }}>
                <Group gap={8} display="inline-flex">
                  <Text component="code" ff="monospace" fz={12.5} fw={600}>
                    {name}
                  </Text>
                  {called.has(name) && (
                    <Badge size="xs" variant="light" color="yellow" tt="none">
                      called
                    </Badge>
                  )}
                  {description !== null && (
                    <Text component="span" fz="xs" c="dimmed" dir="auto">
                      {description}
                    </Text>
                  )}
                </Group>
              </summary>
              <Suspense fallback={<Skeleton h={40} />}>
                <JsonView value={schema} label={`Parameters of ${name}`} />
              </Suspense>
            </details>
          )}
        />
      </Stack>
    </FoldedSection>
  );
}
