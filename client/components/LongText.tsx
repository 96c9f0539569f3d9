import { useState } from 'react';
import { Anchor, Text } from '@mantine/core';
import { formatCount } from '../lib/formatNumber.ts';
import { shortenText } from '../lib/shortenText.ts';

const MAX_CHARACTERS = 1_200;
const MAX_LINES = 16;

type LongTextProps = {
  /** Shown as it is: never as HTML or Markdown. */
  text: string;
  isMonospace?: boolean;
};

/** Text that starts short when it is long. What is hidden is not in the page at all, so a megabyte costs nothing. */
export function LongText({ text, isMonospace = false }: LongTextProps) {
  const [isOpen, setIsOpen] = useState(false);
  const start = shortenText(text, MAX_LINES, MAX_CHARACTERS);
  const isLong = start.length < text.length;
  return (
    <>
      <Text
        component="div"
        fz={isMonospace ? 12.5 : 14}
        lh={1.6}
        ff={isMonospace ? 'monospace' : undefined}
        className="wrapAnywhere"
        dir="auto"
        style={{ whiteSpace: 'pre-wrap' }}
      >
        {isLong && !isOpen ? `${start}…` : text}
      </Text>
      {isLong && (
        <Anchor
          component="button"
          type="button"
          fz="xs"
          mt={4}
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? 'Show less' : `Show all ${formatCount(text.length)} characters`}
        </Anchor>
      )}
    </>
  );
}
