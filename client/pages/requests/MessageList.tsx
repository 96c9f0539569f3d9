import { useState } from 'react';
import { Button, Stack, Text } from '@mantine/core';
import { calledTools, type Conversation } from '../../domain/conversation.ts';
import { plural } from '../../lib/formatNumber.ts';
import { MessageBlock } from './MessageBlock.tsx';

/** A longer history starts folded: what was asked last is what one looks for. */
const FOLD_FROM = 8;
const SHOWN_AT_END = 4;

type MessageListProps = { conversation: Conversation; isFailed: boolean };

/** Messages in order, the answer at the end. */
export function MessageList({ conversation, isFailed }: MessageListProps) {
  const [isUnfolded, setIsUnfolded] = useState(false);
  const { sent, answer } = conversation;
  const toolNames = calledTools(conversation);
  const isFolded = sent.length > FOLD_FROM && !isUnfolded;
  const hidden = isFolded ? sent.length - SHOWN_AT_END : 0;
  return (
    <Stack gap={10}>
      {hidden > 0 && (
        <Button variant="default" size="xs" onClick={() => setIsUnfolded(true)}>
          Show {plural(hidden, 'earlier message')}
        </Button>
      )}
      {sent.slice(hidden).map((message, index) => (
        // Messages of a stored request never move.
        <MessageBlock key={hidden + index} message={message} toolNames={toolNames} isAnswer={false} />
      ))}
      {answer.map((message, index) => (
        <MessageBlock key={`answer ${index}`} message={message} toolNames={toolNames} isAnswer />
      ))}
      {answer.length === 0 && (
        <Text fz="sm" c="dimmed" ta="center" py="xs">
          {isFailed ? 'No answer: the call failed.' : 'No answer was logged.'}
        </Text>
      )}
    </Stack>
  );
}
