import { Group, Text } from '@mantine/core';
import { ChatBubbleIcon, CodeIcon, GearIcon, MagicWandIcon, MixIcon, PersonIcon } from '@radix-ui/react-icons';
import { CopyButton } from '../../components/CopyButton.tsx';
import { StepwiseList } from '../../components/StepwiseList.tsx';
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

/** A map: a role is a word of the caller's, and an object would have one named `constructor`. */
const ROLES: ReadonlyMap<string, { label: string; Icon: typeof GearIcon }> = new Map([
  ['system', { label: 'System', Icon: GearIcon }],
  ['developer', { label: 'Developer', Icon: GearIcon }],
  ['user', { label: 'User', Icon: PersonIcon }],
  ['assistant', { label: 'Assistant', Icon: MagicWandIcon }],
  ['input', { label: 'Input', Icon: CodeIcon }],
  ['output', { label: 'Output', Icon: CodeIcon }],
  ['tool', { label: 'Tool result', Icon: MixIcon }],
  ['function', { label: 'Tool result', Icon: MixIcon }],
]);

/** A message of more parts than a person reads opens as quickly as any other. */
const FIRST_PARTS = 40;
const MORE_PARTS = 200;

export function MessageBlock({ message, toolNames, isAnswer }: MessageBlockProps) {
  const { role, name, toolCallId, parts } = message;
  const { label, Icon } = ROLES.get(role) ?? { label: role, Icon: ChatBubbleIcon };
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
        <StepwiseList
          items={parts}
          first={FIRST_PARTS}
          step={MORE_PARTS}
          noun="part"
          render={(part) => <MessagePart part={part} isMonospace={role === 'tool'} />}
        />
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
