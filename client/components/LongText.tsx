import { useState } from 'react';
import { Anchor, Group, Text } from '@mantine/core';
import { formatCount } from '../lib/formatNumber.ts';
import { looksLikeJson } from '../lib/jsonTexts.ts';
import { sayBlank } from '../lib/blankText.ts';
import { downloadText } from '../lib/downloadText.ts';
import { readCut } from '../lib/readCut.ts';
import { shortenText } from '../lib/shortenText.ts';
import { JsonText } from './JsonText.tsx';

const MAX_CHARACTERS = 1_200;
const MAX_LINES = 16;
/** A click shows so many characters more: a browser lays out as many at once without a pause. */
const STEP = 100_000;
const END = 2_000;

type LongTextProps = {
  /** Shown as it is: never as HTML or Markdown. */
  text: string;
  isMonospace?: boolean;
  /** Lines, and characters, that are shown at first. */
  lines?: number;
  characters?: number;
};

/** Text that starts short when it is long. What is hidden is not in the page at all, so a megabyte costs nothing. */
export function LongText({ text, isMonospace = false, lines = MAX_LINES, characters = MAX_CHARACTERS }: LongTextProps) {
  const [shown, setShown] = useState(0);
  const [hasEnd, setHasEnd] = useState(false);
  const blank = sayBlank(text);
  const start = shortenText(text, lines, characters);
  const isLong = start.length < text.length;
  const isOpen = shown > 0;
  const hidden = text.length - shown;
  const beginning = !isLong || (isOpen && hidden <= 0) ? text : `${isOpen ? text.slice(0, shown) : start}…`;
  const cutFrom = readCut(text);
  if (blank !== null) {
    return (
      <Text fz="sm" c="dimmed">
        {blank}
      </Text>
    );
  }
  return (
    <>
      <Words text={beginning} isMonospace={isMonospace} />
      {hasEnd && (
        <Words text={`… ${formatCount(text.length - beginning.length - END)} characters …`} isMonospace isQuiet />
      )}
      {hasEnd && <Words text={text.slice(-END)} isMonospace={isMonospace} />}
      {(isLong || cutFrom !== null) && (
        <Group gap={12} mt={4} fz={12}>
          {isLong && (!isOpen || hidden > 0) && (
            <Action onClick={() => setShown(shown + STEP)}>{moreWords(text.length, shown)}</Action>
          )}
          {isLong && !hasEnd && hidden > STEP + END && <Action onClick={() => setHasEnd(true)}>Show the end</Action>}
          {isOpen && (
            <Action
              onClick={() => {
                setShown(0);
                setHasEnd(false);
              }}
            >
              Show less
            </Action>
          )}
          {text.length > STEP && <Action onClick={() => downloadText(text, 'text.txt')}>Download</Action>}
          {cutFrom !== null && (
            <Text component="span" fz={12} c="var(--pl-warning)">
              Cut when it was logged: it had {formatCount(cutFrom)} characters
            </Text>
          )}
        </Group>
      )}
    </>
  );
}

function moreWords(length: number, shown: number): string {
  if (length - shown <= STEP) return shown === 0 ? `Show all ${formatCount(length)} characters` : 'Show the rest';
  return `Show ${formatCount(STEP)} more of ${formatCount(length)} characters`;
}

function Words({ text, isMonospace, isQuiet = false }: { text: string; isMonospace: boolean; isQuiet?: boolean }) {
  // The lines of JSON go from left to right, whatever its first text is.
  const isJson = isMonospace && looksLikeJson(text);
  return (
    <Text
      component="div"
      fz={isMonospace ? 12 : 14}
      lh={isMonospace ? '18px' : 1.55}
      ff={isMonospace ? 'monospace' : undefined}
      c={isQuiet ? 'dimmed' : undefined}
      className="wrapAnywhere"
      dir={isJson ? 'ltr' : 'auto'}
      style={{ whiteSpace: 'pre-wrap', tabSize: 4 }}
    >
      {isJson ? <JsonText text={text} /> : text}
    </Text>
  );
}

function Action({ onClick, children }: { onClick: () => void; children: string }) {
  return (
    <Anchor component="button" type="button" fz={12} onClick={onClick}>
      {children}
    </Anchor>
  );
}
