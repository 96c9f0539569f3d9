import { lazy, Suspense, useMemo } from 'react';
import { Badge, Group, Skeleton, Text } from '@mantine/core';
import { calledTools, type Conversation } from '#shared/conversation/conversation';
import { parseToolDefinitions, type ToolDefinition } from '#shared/conversation/toolDefinitions';
import { StepwiseList } from '../../components/StepwiseList.tsx';
import { plural } from '../../lib/formatNumber.ts';
import type { JsonValue } from '#shared/primitives';
import { FoldedLine } from '../../components/FoldedLine.tsx';

const JsonTree = lazy(() => import('../../components/JsonTree.tsx'));

/** Each has a tree of its parameters in the page once it is opened. */
const FIRST_TOOLS = 40;
const MORE_TOOLS = 100;

type ToolDefinitionsProps = { tools: JsonValue; conversation: Conversation };

/** What the model could call, folded to a line; those it did call are marked. */
export function ToolDefinitions({ tools, conversation }: ToolDefinitionsProps) {
  const definitions = useMemo(() => parseToolDefinitions(tools), [tools]);
  const called = useMemo(
    () => new Set(calledTools({ sent: [], answer: conversation.answer }).values()),
    [conversation],
  );
  if (definitions.length === 0) return null;
  const names = definitions.filter(({ name }) => called.has(name)).map(({ name }) => name);
  const calledWords = names.length === 0 ? 'none called in this answer' : `called: ${names.slice(0, 5).join(', ')}`;
  return (
    <FoldedLine title={`${plural(definitions.length, 'tool')} offered`} note={calledWords}>
      <StepwiseList
        items={definitions}
        first={FIRST_TOOLS}
        step={MORE_TOOLS}
        noun="tool"
        render={(definition) => <Definition definition={definition} isCalled={called.has(definition.name)} />}
      />
    </FoldedLine>
  );
}

function Definition({
  definition: { name, description, schema },
  isCalled,
}: {
  definition: ToolDefinition;
  isCalled: boolean;
}) {
  return (
    <FoldedLine
      title={
        <Text component="code" ff="monospace" fz={12} fw={600}>
          {name}
        </Text>
      }
      note={
        <Group component="span" gap={6} display="inline-flex" wrap="nowrap">
          {isCalled && (
            <Badge size="xs" variant="light" color="yellow" tt="none" flex="none">
              called
            </Badge>
          )}
          {description}
        </Group>
      }
    >
      {description !== null && (
        <Text fz={13} mb={4} dir="auto" style={{ whiteSpace: 'pre-wrap' }}>
          {description}
        </Text>
      )}
      <Suspense fallback={<Skeleton h={40} />}>
        <JsonTree value={schema} label={`Parameters of ${name}`} depth={3} />
      </Suspense>
    </FoldedLine>
  );
}
