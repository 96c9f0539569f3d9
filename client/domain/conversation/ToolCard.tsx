import { Fragment, useMemo, type ReactNode } from 'react';
import { Text } from '@mantine/core';
import type { Part, ToolCall, ToolResult } from '#shared/conversation/part';
import { parseExactJson } from '#shared/exactJson';
import type { JsonValue } from '#shared/primitives';
import { JsonText } from '../../components/JsonText.tsx';
import { LongText } from '../../components/LongText.tsx';
import { looksLikeJson } from '../../lib/jsonTexts.ts';
import { readableJson } from './readableText.ts';
import { SchemaCheck } from './SchemaCheck.tsx';
import { useWords } from './wordsView.ts';
import classes from './ToolCard.module.css';

/** Arguments up to this length stand in the parentheses; longer ones below. */
const INLINE_CHARACTERS = 64;
/** Lines of a result that are shown at first: what it led to is read before it. */
const RESULT_LINES = 6;

type ToolCallCardProps = {
  call: ToolCall;
  /** What came back; null where the conversation does not hold it. */
  result: ToolResult | null;
  /** In an answer, whose arguments are checked: those of before were judged then. */
  isAnswer: boolean;
  renderPart: RenderPart;
};

/** How a part of a result is shown: as any part of a message. */
type RenderPart = (part: Part) => ReactNode;

/** `name(args)`, the way a call is written, over what came back. */
export function ToolCallCard({ call: { name, id, args, server }, result, isAnswer, renderPart }: ToolCallCardProps) {
  const { toolSchemas } = useWords();
  const readable = useMemo(() => readableJson(args), [args]);
  const parsed = useMemo(() => parseArgs(args), [args]);
  const schema = isAnswer ? toolSchemas.get(name) : undefined;
  // Text that is no JSON, such as a query, keeps its lines.
  const isShort = readable.length <= 2 * INLINE_CHARACTERS;
  const inline = isShort ? readable.replaceAll(/\n\s*/g, ' ') : readable;
  const isInline = inline.length <= INLINE_CHARACTERS;
  const written = inline === '{}' ? '' : isInline ? inline : ' … ';
  return (
    <div className={classes.card}>
      <CardHead note={id}>
        {server !== undefined && <bdi className={classes.server}>{server}: </bdi>}
        <bdi>
          <strong>{name}</strong>
        </bdi>
        ({looksLikeJson(written) ? <JsonText text={written} /> : <bdi>{written}</bdi>})
      </CardHead>
      {!isInline && (
        <div className={classes.body}>
          <LongText text={readable} isMonospace />
        </div>
      )}
      {schema !== undefined && parsed !== undefined && (
        <div className={classes.check}>
          <SchemaCheck value={parsed} schema={schema} />
        </div>
      )}
      {result !== null && (
        <div className={classes.body} data-result>
          <ResultWords result={result} renderPart={renderPart} />
        </div>
      )}
    </div>
  );
}

/** A result whose call is not in the conversation. */
export function ToolResultCard({ result, renderPart }: { result: ToolResult; renderPart: RenderPart }) {
  const { name, callId, isError, parts } = result;
  return (
    <div className={classes.card}>
      <CardHead note={callId}>
        {isError ? <span className={classes.failed}>Failed</span> : 'Result'}
        {name !== null && (
          <>
            {' '}
            <bdi>
              <strong>{name}</strong>
            </bdi>
          </>
        )}
      </CardHead>
      {parts.length > 0 && (
        <div className={classes.body}>
          {parts.map((part, index) => (
            <Fragment key={index}>{renderPart(part)}</Fragment>
          ))}
        </div>
      )}
    </div>
  );
}

function ResultWords({ result: { isError, parts }, renderPart }: { result: ToolResult; renderPart: RenderPart }) {
  if (isError) {
    return (
      <>
        <span className={classes.failed}>Failed</span>
        {parts.map((part, index) => (
          <Fragment key={index}>{renderPart(part)}</Fragment>
        ))}
      </>
    );
  }
  if (parts.length === 0) {
    return (
      <Text fz={12} c="dimmed">
        It gave nothing
      </Text>
    );
  }
  return parts.map((part, index) =>
    part.kind === 'text' ? (
      <LongText key={index} text={readableJson(part.text)} isMonospace lines={RESULT_LINES} />
    ) : (
      <Fragment key={index}>{renderPart(part)}</Fragment>
    ),
  );
}

/** `note` is the id that pairs a call with its result. */
function CardHead({ note, children }: { note: string | null; children: ReactNode }) {
  return (
    <div className={classes.head}>
      <code className="wrapAnywhere" dir="ltr">
        {children}
      </code>
      {note !== null && (
        <span className={classes.note} title={note}>
          {note}
        </span>
      )}
    </div>
  );
}

/** Undefined where the arguments are no JSON. */
function parseArgs(args: JsonValue): unknown {
  if (typeof args !== 'string') return args;
  try {
    return parseExactJson(args);
  } catch {
    return undefined;
  }
}
