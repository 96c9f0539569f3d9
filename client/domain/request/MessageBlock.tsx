import { Group, Text } from '@mantine/core';
import { ChatBubbleIcon, CodeIcon, GearIcon, MagicWandIcon, MixIcon, PersonIcon } from '@radix-ui/react-icons';
import type { Message } from '#shared/conversation/parseMessage';
import type { Part } from '#shared/conversation/part';
import { CopyButton } from '../../components/CopyButton.tsx';
import { StepwiseList } from '../../components/StepwiseList.tsx';
import { readableJson, readableText } from '../readableText.ts';
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
  const { name, toolCallId, parts } = message;
  const role = shownRole(message);
  const isOfTool = role === 'tool' || role === 'function';
  const { label, Icon } = ROLES.get(role) ?? { label: role, Icon: ChatBubbleIcon };
  const called = toolCallId === null ? undefined : toolNames.get(toolCallId);
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
        {parts.length > 0 && <CopyButton text={() => textOf(parts, isOfTool)} label="Copy message" />}
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
          render={(part) => <MessagePart part={withToolName(part, toolNames)} isOfTool={isOfTool} />}
        />
      )}
    </article>
  );
}

/** Anthropic, Gemini and Bedrock let the user give what a tool gave. */
function shownRole({ role, parts }: Message): string {
  const isResult = role === 'user' && parts.length > 0 && parts.every(({ kind }) => kind === 'tool_result');
  return isResult ? 'tool' : role;
}

/** A result says of which call it is; the call has the name of the tool. */
function withToolName(part: Part, toolNames: ReadonlyMap<string, string>): Part {
  if (part.kind !== 'tool_result' || part.name !== null || part.callId === null) return part;
  return { ...part, name: toolNames.get(part.callId) ?? null };
}

/** The words of a message as they are shown. */
function textOf(parts: readonly Part[], isOfTool: boolean): string {
  return parts
    .map((part) => partText(part, isOfTool))
    .filter((text) => text !== '')
    .join('\n')
    .trim();
}

function partText(part: Part, isOfTool: boolean): string {
  switch (part.kind) {
    case 'text':
      return isOfTool ? readableJson(part.text) : readableText(part.text);
    case 'refusal':
    case 'reasoning':
      return part.text;
    case 'tool_call':
      return readableJson(part.args);
    case 'tool_result':
      return textOf(part.parts, true);
    case 'citations':
      return part.sources.map(({ title, url }) => [title, url].filter(Boolean).join(' ')).join('\n');
    case 'json':
      return readableJson(part.value);
    case 'media':
      return part.name ?? part.location ?? `[${[part.media, part.mimeType].filter(Boolean).join(' ')}]`;
  }
}
