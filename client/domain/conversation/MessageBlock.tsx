import { type ReactNode, useState } from 'react';
import { Text, UnstyledButton } from '@mantine/core';
import { ChevronDownIcon, ChevronRightIcon } from '@radix-ui/react-icons';
import type { Message } from '#shared/conversation/parseMessage';
import type { Part, ToolCall, ToolResult } from '#shared/conversation/part';
import { CopyButton } from '../../components/CopyButton.tsx';
import { StepwiseList } from '../../components/StepwiseList.tsx';
import { plural } from '../../lib/formatNumber.ts';
import { isInstruction } from './foldMessages.ts';
import { MessagePart } from './MessagePart.tsx';
import { AS_USUAL, type Expansion, useWords } from './wordsView.ts';
import { countCharacters, firstWords, holdsAny, messageText, shownRole } from './messageText.ts';
import classes from './MessageBlock.module.css';

type MessageBlockProps = {
  message: Message;
  /** Names of called tools by the id of the call, for naming what a result belongs to. */
  toolNames: ReadonlyMap<string, string>;
  /** What each call gave, in place of a message of its own. */
  resultOf: ReadonlyMap<ToolCall, ToolResult>;
  /** Of an answer: how it ended, such as `stop`. Left out for what was sent. */
  answer?: { readonly finishReason: string | null; readonly reasoningTokens: number | null };
  /** Default: all but instructions. */
  isOpenAtFirst?: boolean;
};

/** A map: a role is a word of the caller's, and an object would have one named `constructor`. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['system', 'System'],
  ['developer', 'Developer'],
  ['user', 'User'],
  ['assistant', 'Assistant'],
  ['input', 'Input'],
  ['output', 'Output'],
  ['tool', 'Tool result'],
  ['function', 'Tool result'],
]);

/** A message of more parts than a person reads opens as quickly as any other. */
const FIRST_PARTS = 40;
const MORE_PARTS = 200;

/** One message under its role; a click on the role folds it to a line. */
export function MessageBlock({ message, toolNames, resultOf, answer, isOpenAtFirst }: MessageBlockProps) {
  const { name, toolCallId, parts } = message;
  const { expansion, searched } = useWords();
  const [own, setOwn] = useState<Expansion>(AS_USUAL);
  // Who was asked last counts.
  const asked = own.times === expansion.times ? (own.isOpen ?? expansion.isOpen) : expansion.isOpen;
  const isOpen = asked ?? isOpenAtFirst ?? (!isInstruction(message) || holdsAny(message, searched));
  const role = shownRole(message);
  const isOfTool = role === 'tool' || role === 'function';
  const label = LABELS.get(role) ?? role;
  const called = toolCallId === null ? undefined : toolNames.get(toolCallId);
  const notes = [name ?? called ?? null, ...(answer ? ['answer', answer.finishReason] : [])];
  const Fold = isOpen ? ChevronDownIcon : ChevronRightIcon;
  return (
    <article
      className={classes.message}
      data-role={role}
      data-answer={answer !== undefined || undefined}
      aria-label={label}
    >
      <div className={classes.head}>
        <UnstyledButton
          className={classes.fold}
          aria-expanded={isOpen}
          onClick={() => setOwn({ isOpen: !isOpen, times: expansion.times })}
        >
          <Fold aria-hidden />
          <span className={classes.role}>{label}</span>
          <Note>{notes.filter((note) => note !== null).join(', ')}</Note>
          {!isOpen && <Folded message={message} />}
        </UnstyledButton>
        {parts.length > 0 && (
          <span className={classes.copy}>
            <CopyButton text={() => messageText({ role, parts })} label="Copy message" />
          </span>
        )}
      </div>
      {isOpen && (
        <div className={classes.content}>
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
              render={(part) => (
                <MessagePart
                  part={withToolName(part, toolNames)}
                  isOfTool={isOfTool}
                  isAnswer={answer !== undefined}
                  resultOf={resultOf}
                  reasoningTokens={answer?.reasoningTokens ?? null}
                />
              )}
            />
          )}
        </div>
      )}
    </article>
  );
}

function Note({ children }: { children: ReactNode }) {
  return children === '' ? null : (
    <span className={classes.note} dir="auto">
      {children}
    </span>
  );
}

/** How long it is, and how it begins. */
function Folded({ message }: { message: Message }) {
  const characters = countCharacters(message.parts);
  const words = firstWords(message);
  const size = `${plural(characters, 'character')}${words === '' ? '' : ': '}`;
  return (
    <span className={classes.folded}>
      {characters > 0 && <span className={classes.size}>{size}</span>}
      <bdi>{words}</bdi>
    </span>
  );
}

/** A result says of which call it is; the call has the name of the tool. */
function withToolName(part: Part, toolNames: ReadonlyMap<string, string>): Part {
  if (part.kind !== 'tool_result' || part.name !== null || part.callId === null) return part;
  return { ...part, name: toolNames.get(part.callId) ?? null };
}
