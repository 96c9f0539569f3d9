import { useState } from 'react';
import { Button, Stack, Text } from '@mantine/core';
import { calledTools, type Conversation } from '#shared/conversation/conversation';
import { StepwiseList } from '../../components/StepwiseList.tsx';
import { formatCount, plural } from '../../lib/formatNumber.ts';
import { MessageBlock } from './MessageBlock.tsx';

/** A longer history starts folded: what was asked last is what one looks for. */
const FOLD_FROM = 8;
const SHOWN_AT_END = 4;
/** Earlier messages that one click unfolds, and answers that are shown at once. */
const STEP = 100;

type MessageListProps = { conversation: Conversation; isFailed: boolean };

/** Messages in order, the answer at the end. */
export function MessageList({ conversation, isFailed }: MessageListProps) {
  const { sent, answer } = conversation;
  const [unfolded, setUnfolded] = useState(0);
  const toolNames = calledTools(conversation);
  const hidden = sent.length > FOLD_FROM ? Math.max(0, sent.length - SHOWN_AT_END - unfolded) : 0;
  return (
    <Stack gap={10}>
      {hidden > 0 && (
        <Button variant="default" size="xs" onClick={() => setUnfolded(unfolded + STEP)}>
          Show {hidden > STEP && `${formatCount(STEP)} of `}
          {plural(hidden, 'earlier message')}
        </Button>
      )}
      {sent.slice(hidden).map((message, index) => (
        // Messages of a stored request never move.
        <MessageBlock key={hidden + index} message={message} toolNames={toolNames} isAnswer={false} />
      ))}
      <StepwiseList
        items={answer}
        first={STEP}
        step={STEP}
        noun="answer"
        render={(message) => <MessageBlock message={message} toolNames={toolNames} isAnswer />}
      />
      {answer.length === 0 && (
        <Text fz="sm" c="dimmed" ta="center" py="xs">
          {isFailed ? 'No answer: the call failed.' : 'No answer was logged.'}
        </Text>
      )}
    </Stack>
  );
}
