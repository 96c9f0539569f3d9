import { lazy, Suspense, useMemo, useState } from 'react';
import { Anchor } from '@mantine/core';
import { parseExactJson } from '#shared/exactJson';
import { LongText } from '../../components/LongText.tsx';
import { formatCount } from '../../lib/formatNumber.ts';
import { hasColumns } from '../../lib/hasColumns.ts';
import { looksLikeMarkdown } from '../../lib/looksLikeMarkdown.ts';
import { shortenText } from '../../lib/shortenText.ts';
import { readableJson, readableText } from './readableText.ts';
import { SchemaCheck } from './SchemaCheck.tsx';
import { useWords } from './wordsView.ts';
import classes from './Words.module.css';

const JsonTree = lazy(() => import('../../components/JsonTree.tsx'));
const Markdown = lazy(() => import('./Markdown.tsx'));

type WordsProps = {
  text: string;
  /** True where it is what a tool gave: JSON in a text is indented. */
  isOfTool?: boolean;
  isAnswer?: boolean;
};

/** A longer text is not read as Markdown or JSON: it would hold up the page. */
const MOST_MARKDOWN = 50_000;
const MOST_JSON = 1_000_000;
/** An answer is what is read; of what was sent, the beginning tells what it is. */
const ANSWER_LIMITS = { lines: 80, characters: 8_000 };
const SENT_LIMITS = { lines: 20, characters: 1_600 };

/** Words of a message. They are never markup of the page: what is rendered is built from what Markdown says. */
export function Words({ text, isOfTool = false, isAnswer = false }: WordsProps) {
  const { view, face, answerSchema } = useWords();
  const json = useMemo(() => (view === 'rendered' && !isOfTool ? readJson(text) : undefined), [text, view, isOfTool]);
  const readable = useMemo(() => (isOfTool ? readableJson(text) : readableText(text)), [text, isOfTool]);
  if (json !== undefined) {
    return (
      <>
        {isAnswer && answerSchema !== null && <SchemaCheck value={json} schema={answerSchema} />}
        <Suspense fallback={<LongText text={readable} isMonospace />}>
          <JsonTree value={json} label={isAnswer ? 'Answer as JSON' : 'Message as JSON'} depth={4} />
        </Suspense>
      </>
    );
  }
  const isMonospace = isOfTool || face === 'mono' || (face === 'auto' && (hasColumns(text) || beginsAsJson(text)));
  const plain = (
    <>
      {isAnswer && answerSchema !== null && (
        <p className={classes.note}>
          {beginsAsJson(text)
            ? 'JSON was asked for, and this ends too early or has a mistake in it.'
            : 'The answer is no JSON, which was asked for.'}
        </p>
      )}
      <LongText
        text={view === 'text' && !isOfTool ? text : readable}
        isMonospace={isMonospace}
        {...(isAnswer ? ANSWER_LIMITS : {})}
      />
    </>
  );
  const isRendered = view === 'rendered' && !isOfTool && face !== 'mono' && text.length <= MOST_MARKDOWN;
  // A table of Markdown has columns, and is better read as a table.
  if (!isRendered || !looksLikeMarkdown(text)) return plain;
  return (
    <Suspense fallback={plain}>
      <LongMarkdown text={text} isWhole={isAnswer} />
    </Suspense>
  );
}

function LongMarkdown({ text, isWhole }: { text: string; isWhole: boolean }) {
  const [isOpen, setIsOpen] = useState(isWhole);
  const start = isOpen ? text : shortenText(text, SENT_LIMITS.lines, SENT_LIMITS.characters);
  return (
    <>
      <Markdown text={start} />
      {!isWhole && (isOpen || start.length < text.length) && (
        <Anchor component="button" type="button" fz={12} mt={4} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? 'Show less' : `Show all ${formatCount(text.length)} characters`}
        </Anchor>
      )}
    </>
  );
}

/** JSON that was cut off, or has a mistake in it, is still read by its lines and brackets. */
function beginsAsJson(text: string): boolean {
  return /^\s*(?:\{\s*"|\[\s*[[{"])/.test(text);
}

/** A list or an object; undefined for everything else, and for what is too long to be looked at. */
function readJson(text: string): unknown {
  if (text.length > MOST_JSON || !/^\s*[[{]/.test(text) || !/[\]}]\s*$/.test(text)) return undefined;
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
