import { type RefObject, useMemo, useRef, useState } from 'react';
import { UnstyledButton } from '@mantine/core';
import { ArrowUpIcon } from '@radix-ui/react-icons';
import { parseConversation } from '#shared/conversation/conversation';
import { parseToolDefinitions } from '#shared/conversation/toolDefinitions';
import type { LoggedRequest } from '#shared/request';
import { describeEmbedding } from '../conversation/embedding.ts';
import { MessageList } from '../conversation/MessageList.tsx';
import { firstWords } from '../conversation/messageText.ts';
import { ToolDefinitions } from '../conversation/ToolDefinitions.tsx';
import { AS_USUAL, type Expansion, WordsContext } from '../conversation/wordsView.ts';
import { useKeys } from '../../keys/useKeys.ts';
import { answerSchemaOf } from './answerSchema.ts';
import { CallError } from './CallError.tsx';
import { useOpenAtAnswer } from './useOpenAtAnswer.ts';
import { useWordsSettings } from './useWordsSettings.ts';
import classes from './ConversationTab.module.css';

type ConversationTabProps = {
  request: LoggedRequest;
  /** What scrolls. */
  body: RefObject<HTMLDivElement | null>;
  /** What was searched for: messages that hold it are not folded. */
  words: readonly string[];
  /** False where the page around it has other uses for the keys. */
  hasKeys: boolean;
};

/** The words of a request. It opens at the answer, which is what one looks for; an error comes before all. */
export function ConversationTab({ request, body, words, hasKeys }: ConversationTabProps) {
  const { tools, parameters, error, endpoint } = request;
  const [choice, choose] = useWordsSettings();
  const [expansion, setExpansion] = useState<Expansion>(AS_USUAL);
  const conversation = useMemo(() => parseConversation(request), [request]);
  const schemas = useMemo(() => schemasOf(request), [request]);
  const settings = useMemo(
    () => ({ ...choice, ...schemas, expansion, searched: words }),
    [choice, schemas, expansion, words],
  );
  useKeys(
    hasKeys
      ? {
          rendering: () => choose({ view: choice.view === 'rendered' ? 'text' : 'rendered' }),
          expand: () => setExpansion({ isOpen: expansion.isOpen !== true, times: expansion.times + 1 }),
        }
      : {},
  );
  const answer = useRef<HTMLDivElement>(null);
  // Of a failed call the error is what one looks for, and it stands first.
  const isQuestionAbove = useOpenAtAnswer(body, error ? null : answer);
  const question = conversation.sent.findLast(({ role }) => role === 'user') ?? conversation.sent.at(-1);
  const isEmbedding = endpoint === 'embeddings';
  return (
    <WordsContext value={settings}>
      {isQuestionAbove && question && (
        <div className={classes.above}>
          <UnstyledButton className={classes.question} onClick={() => body.current?.scrollTo({ top: 0 })}>
            <ArrowUpIcon aria-hidden />
            <span>Question above</span>
            <span className={classes.words} dir="auto">
              {firstWords(question)}
            </span>
          </UnstyledButton>
        </div>
      )}
      <section aria-label="Conversation" className={classes.conversation}>
        {error && <CallError error={error} />}
        {request.truncated && (
          <p className={classes.cut}>A field was longer than PromptLab keeps. Where it was cut, its text says so.</p>
        )}
        <MessageList
          conversation={isEmbedding ? { ...conversation, answer: [] } : conversation}
          finishReason={request.finish_reason}
          reasoningTokens={request.reasoning_tokens}
          answerRef={answer}
          noAnswer={noAnswer(request)}
        />
        {tools !== null && <ToolDefinitions tools={tools} conversation={conversation} />}
      </section>
    </WordsContext>
  );

  function noAnswer({ status, response }: LoggedRequest): string {
    if (status === 'error') return 'No answer: the call failed.';
    return isEmbedding ? `Embedding: ${describeEmbedding(response, parameters)}` : 'No answer was logged.';
  }
}

function schemasOf({ parameters, tools }: LoggedRequest) {
  const definitions = tools === null ? [] : parseToolDefinitions(tools);
  return {
    answerSchema: answerSchemaOf(parameters),
    toolSchemas: new Map(definitions.map(({ name, schema }) => [name, schema])),
  };
}
