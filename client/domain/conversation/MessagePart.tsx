import { lazy, Suspense } from 'react';
import { Text } from '@mantine/core';
import type { Citation, Part, ToolCall, ToolResult } from '#shared/conversation/part';
import { LongText } from '../../components/LongText.tsx';
import { plural } from '../../lib/formatNumber.ts';
import { MediaPart } from './MediaPart.tsx';
import { ToolCallCard, ToolResultCard } from './ToolCard.tsx';
import { Words } from './Words.tsx';
import classes from './MessagePart.module.css';

const JsonTree = lazy(() => import('../../components/JsonTree.tsx'));

type MessagePartProps = {
  part: Part;
  /** True where it is what a tool gave: JSON in a text is indented. */
  isOfTool?: boolean;
  isAnswer?: boolean;
  /** What a call gave, where it is known. */
  resultOf?: ReadonlyMap<ToolCall, ToolResult>;
  /** Tokens that were spent on thoughts, where the provider says no more of them. */
  reasoningTokens?: number | null;
};

/** One part of a message. Words are text and never markup; nothing that a message points to is loaded. */
export function MessagePart({ part, isOfTool = false, isAnswer = false, resultOf, reasoningTokens }: MessagePartProps) {
  const renderPart = (inner: Part) => <MessagePart part={inner} isOfTool />;
  switch (part.kind) {
    case 'text':
      return <Words text={part.text} isOfTool={isOfTool} isAnswer={isAnswer} />;
    case 'refusal':
      return (
        <div className={classes.refusal}>
          <strong>Refused</strong>
          <LongText text={part.text} />
        </div>
      );
    case 'reasoning':
      return <Reasoning text={part.text} tokens={reasoningTokens ?? null} />;
    case 'media':
      return <MediaPart part={part} />;
    case 'tool_call':
      return (
        <ToolCallCard call={part} result={resultOf?.get(part) ?? null} isAnswer={isAnswer} renderPart={renderPart} />
      );
    case 'tool_result':
      return <ToolResultCard result={part} renderPart={renderPart} />;
    case 'citations':
      return <Citations sources={part.sources} />;
    case 'json':
      return (
        <Suspense fallback={<Text fz="sm">…</Text>}>
          <JsonTree value={part.value} label="Message part as JSON" />
        </Suspense>
      );
  }
}

function Reasoning({ text, tokens }: { text: string; tokens: number | null }) {
  const counted = tokens === null || tokens === 0 ? '' : ` · ${plural(tokens, 'token')}`;
  if (text === '') {
    return <p className={classes.reasoning}>Reasoning{counted}, not disclosed by the provider</p>;
  }
  return (
    <details className={classes.reasoning}>
      <summary>
        Reasoning{counted} <span dir="auto">{text.slice(0, 160)}</span>
      </summary>
      <LongText text={text} />
    </details>
  );
}

/** What an answer rests on. Addresses are words here: nothing that a model names is opened by a slip. */
function Citations({ sources }: { sources: readonly Citation[] }) {
  return (
    <div className={classes.sources}>
      <strong>Sources</strong>
      <ol>
        {sources.map(({ title, url, quote }, index) => (
          <li key={index} className="wrapAnywhere" dir="auto">
            {title}
            {title !== null && url !== null && ' · '}
            {url !== null && <bdi className={classes.address}>{url}</bdi>}
            {quote !== null && <q dir="auto">{quote}</q>}
          </li>
        ))}
      </ol>
    </div>
  );
}
