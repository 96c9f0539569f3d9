import { lazy, Suspense, useMemo, type ReactNode } from 'react';
import { Group, Text } from '@mantine/core';
import type { Citation, Part, ToolCall, ToolResult } from '#shared/conversation/part';
import { LongText } from '../../components/LongText.tsx';
import { readableJson, readableText } from '../readableText.ts';
import { MediaPart } from './MediaPart.tsx';
import classes from './MessagePart.module.css';

const JsonView = lazy(() => import('../../components/JsonView.tsx'));

type MessagePartProps = {
  part: Part;
  /** True where it is what a tool gave: JSON in a text is indented. */
  isOfTool: boolean;
};

/** One part of a message. Words are text and never markup; nothing that a message points to is loaded. */
export function MessagePart({ part, isOfTool }: MessagePartProps) {
  switch (part.kind) {
    case 'text':
      return <Words text={part.text} isOfTool={isOfTool} />;
    case 'refusal':
      return (
        <div className={classes.refusal}>
          <strong>Refused</strong>
          <LongText text={part.text} />
        </div>
      );
    case 'reasoning':
      return <Reasoning text={part.text} />;
    case 'media':
      return <MediaPart part={part} />;
    case 'tool_call':
      return <Call call={part} />;
    case 'tool_result':
      return <Result result={part} />;
    case 'citations':
      return <Citations sources={part.sources} />;
    case 'json':
      return (
        <Suspense fallback={<Text fz="sm">…</Text>}>
          <JsonView value={part.value} label="Message part as JSON" />
        </Suspense>
      );
  }
}

function Words({ text, isOfTool }: { text: string; isOfTool: boolean }) {
  const readable = useMemo(() => (isOfTool ? readableJson(text) : readableText(text)), [text, isOfTool]);
  return <LongText text={readable} isMonospace={isOfTool} />;
}

function Reasoning({ text }: { text: string }) {
  if (text === '') {
    return (
      <Text fz={12.5} c="dimmed" my={4}>
        Reasoning that the provider does not disclose
      </Text>
    );
  }
  return (
    <details className={classes.reasoning}>
      <summary>Reasoning</summary>
      <LongText text={text} />
    </details>
  );
}

/** Arguments up to this length stand in the parentheses; longer ones below. */
const INLINE_CHARACTERS = 64;

/** `name(args)`, the way a call is written. */
function Call({ call: { name, id, args } }: { call: ToolCall }) {
  const readable = useMemo(() => readableJson(args), [args]);
  // Text that is no JSON, such as a query, keeps its lines.
  const isShort = readable.length <= 2 * INLINE_CHARACTERS;
  const inline = isShort ? readable.replaceAll(/\n\s*/g, ' ') : readable;
  const isInline = inline.length <= INLINE_CHARACTERS;
  const written = inline === '{}' ? '' : isInline ? inline : ' … ';
  return (
    <ToolCard
      head={
        <>
          <strong>{name}</strong>({written})
        </>
      }
      note={id}
    >
      {!isInline && <LongText text={readable} isMonospace />}
    </ToolCard>
  );
}

function Result({ result: { name, callId, isError, parts } }: { result: ToolResult }) {
  return (
    <ToolCard
      head={
        <>
          {isError ? <span className={classes.failed}>Failed</span> : 'Result'}
          {name !== null && <strong> {name}</strong>}
        </>
      }
      note={callId}
    >
      {parts.length > 0 && parts.map((part, index) => <MessagePart key={index} part={part} isOfTool />)}
    </ToolCard>
  );
}

/** A call, or the result of one; `note` is the id that pairs them. */
function ToolCard({ head, note, children }: { head: ReactNode; note: string | null; children: ReactNode }) {
  return (
    <div className={classes.tool}>
      <Group justify="space-between" gap="xs" wrap="nowrap" className={classes.toolHead}>
        <code className="wrapAnywhere" dir="auto">
          {head}
        </code>
        {note !== null && (
          <Text component="span" fz={11} c="dimmed" truncate maw="40%" flex="none" title={note}>
            {note}
          </Text>
        )}
      </Group>
      {children !== false && <div className={classes.toolBody}>{children}</div>}
    </div>
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
