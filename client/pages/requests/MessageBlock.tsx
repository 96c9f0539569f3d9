import { Group, Text } from '@mantine/core';
import { ChatBubbleIcon, CodeIcon, GearIcon, MagicWandIcon, MixIcon, PersonIcon } from '@radix-ui/react-icons';
import { CopyButton } from '../../components/CopyButton.tsx';
import type { Message } from '../../domain/conversation.ts';
import type { Part } from '../../domain/messageParts.ts';
import { MessagePart } from './MessagePart.tsx';
import classes from './MessageBlock.module.css';

type MessageBlockProps = {
  message: Message;
  /** Names of called tools by the id of the call, for naming what a result belongs to. */
  toolNames: ReadonlyMap<string, string>;
  isAnswer: boolean;
};

const ROLES: Record<string, { label: string; Icon: typeof GearIcon }> = {
  system: { label: 'System', Icon: GearIcon },
  developer: { label: 'Developer', Icon: GearIcon },
  user: { label: 'User', Icon: PersonIcon },
  assistant: { label: 'Assistant', Icon: MagicWandIcon },
  input: { label: 'Input', Icon: CodeIcon },
  output: { label: 'Output', Icon: CodeIcon },
  tool: { label: 'Tool result', Icon: MixIcon },
  function: { label: 'Tool result', Icon: MixIcon },
};

export function MessageBlock({ message, toolNames, isAnswer }: MessageBlockProps) {
  const { role, name, toolCallId, parts } = message;
  const { label, Icon } = ROLES[role] ?? { label: role, Icon: ChatBubbleIcon };
  const called = toolCallId === null ? undefined : toolNames.get(toolCallId);
  const text = textOf(parts);
  return (
    <article className={classes.message} data-role={role} data-answer={isAnswer || undefined} aria-label={label}>
      <Group justify="space-between" gap="xs" wrap="nowrap" className={classes.head}>
        <Text component="span" className={classes.role}>
          <Icon aria-hidden />
          {label}
          {(name ?? called) && (
            <Text component="span" inherit c="dimmed" fw={450} className="wrapAnywhere">
              {name ?? called}
            </Text>
          )}
          {isAnswer && <span className={classes.mark}>Response</span>}
        </Text>
        {text !== '' && <CopyButton text={text} label="Copy message" />}
      </Group>
      {parts.length === 0 ? (
        <Text fz="sm" c="dimmed">
          Empty message
        </Text>
      ) : (
        parts.map((part, index) => <MessagePart key={index} part={part} isMonospace={role === 'tool'} />)
      )}
    </article>
  );
}

function textOf(parts: readonly Part[]): string {
  return parts
    .map((part) => ('text' in part ? part.text : part.kind === 'tool_call' ? part.args : ''))
    .join('\n')
    .trim();
}
