import { type ReactNode, type Ref, useMemo, useState } from 'react';
import { Text, UnstyledButton } from '@mantine/core';
import { DotsHorizontalIcon } from '@radix-ui/react-icons';
import { calledTools, type Conversation } from '#shared/conversation/conversation';
import { pairTools } from '#shared/conversation/pairTools';
import type { Message } from '#shared/conversation/parseMessage';
import { StepwiseList } from '../../components/StepwiseList.tsx';
import { formatCount, plural } from '../../lib/formatNumber.ts';
import { foldMessages } from './foldMessages.ts';
import { MessageBlock } from './MessageBlock.tsx';
import { holdsAny } from './messageText.ts';
import { useWords } from './wordsView.ts';
import classes from './MessageList.module.css';

/** Messages that one click unfolds, and answers that are shown at once. */
const STEP = 100;

type MessageListProps = {
  conversation: Conversation;
  finishReason?: string | null;
  reasoningTokens?: number | null;
  /** Names of tools by the id of their call, also of calls that are not among the messages. Default: of those that are. */
  toolNames?: ReadonlyMap<string, string>;
  /** Said in place of an answer. */
  noAnswer?: ReactNode;
  /** Where the answer begins. */
  answerRef?: Ref<HTMLDivElement>;
};

/** Messages in order, the answer at the end; a result of a tool stands with its call. */
export function MessageList(props: MessageListProps) {
  const { conversation, finishReason, reasoningTokens, noAnswer, answerRef } = props;
  const { sent, answer } = conversation;
  const toolNames = useMemo(() => props.toolNames ?? calledTools(conversation), [props.toolNames, conversation]);
  const before = useMemo(() => pairTools(sent), [sent]);
  const after = useMemo(() => pairTools(joinAnswer(answer)), [answer]);
  const pieces = useMemo(() => foldMessages(before.messages), [before]);
  // The provider counts them together: where thoughts stand in several places, no count is that of one.
  const thoughts = answer.flatMap(({ parts }) => parts.filter(({ kind }) => kind === 'reasoning')).length;
  const block = (message: Message, index: number) => (
    <MessageBlock key={index} message={message} toolNames={toolNames} resultOf={before.resultOf} />
  );
  return (
    <div className={classes.list}>
      {pieces.map((piece, index) =>
        piece.kind === 'fold' ? (
          <Fold key={index} messages={piece.messages} render={block} />
        ) : (
          block(piece.message, index)
        ),
      )}
      <div ref={answerRef} data-answer-start>
        <StepwiseList
          items={after.messages}
          first={STEP}
          step={STEP}
          noun="answer"
          render={(message) => (
            <MessageBlock
              message={message}
              toolNames={toolNames}
              resultOf={after.resultOf}
              answer={{
                finishReason: finishReason ?? null,
                reasoningTokens: thoughts === 1 ? (reasoningTokens ?? null) : null,
              }}
              isOpenAtFirst
            />
          )}
        />
        {after.messages.length === 0 && noAnswer !== undefined && (
          <Text fz={13} c="dimmed" py={8}>
            {noAnswer}
          </Text>
        )}
      </div>
    </div>
  );
}

/** Responses gives thoughts, words and calls one by one: to a reader they are one answer. */
function joinAnswer(messages: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    const isMore = [last, message].every((one) => one?.role === 'assistant' && one.name === null);
    if (last && isMore) joined[joined.length - 1] = { ...last, parts: [...last.parts, ...message.parts] };
    else joined.push(message);
  }
  return joined;
}

/** Messages from the first that holds what was searched for, as many as a click would show. */
function countToFirst(messages: readonly Message[], words: readonly string[]): number {
  const near = words.length === 0 ? [] : messages.slice(-STEP);
  const first = near.findIndex((message) => holdsAny(message, words));
  return first === -1 ? 0 : near.length - first;
}

/** Messages that are folded to a line; those nearest to what is shown come first. */
function Fold({
  messages,
  render,
}: {
  messages: readonly Message[];
  render: (message: Message, index: number) => ReactNode;
}) {
  const { expansion, searched } = useWords();
  const [unfolded, setUnfolded] = useState(() => countToFirst(messages, searched));
  const shown = expansion.isOpen === true ? Math.max(unfolded, STEP) : unfolded;
  const hidden = Math.max(0, messages.length - shown);
  return (
    <>
      {hidden > 0 && (
        <UnstyledButton className={classes.fold} onClick={() => setUnfolded(shown + STEP)}>
          <DotsHorizontalIcon aria-hidden />
          Show {hidden > STEP && `${formatCount(STEP)} of `}
          {plural(hidden, 'earlier message')}
        </UnstyledButton>
      )}
      {messages.slice(hidden).map((message, index) => render(message, hidden + index))}
    </>
  );
}
