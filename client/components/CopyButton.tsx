import { useState, type ReactNode } from 'react';
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { CheckIcon, CopyIcon } from '@radix-ui/react-icons';
import { useTimeout } from '@mantine/hooks';
import { copyText } from '../lib/copyText.ts';

const SHOW_RESULT_MS = 1_600;

type CopyButtonProps = {
  /** A function, where it takes time to put together. */
  text: string | (() => string);
  /** What a click does, such as "Copy id". */
  label: string;
  /** Given: a button with this text instead of an icon. */
  children?: ReactNode;
};

/** Copies a text, and says for a moment whether that worked. */
export function CopyButton({ text, label, children }: CopyButtonProps) {
  const [result, setResult] = useState<'copied' | 'failed' | null>(null);
  const { start } = useTimeout(() => setResult(null), SHOW_RESULT_MS);
  const copy = async () => {
    setResult((await copyText(typeof text === 'string' ? text : text())) ? 'copied' : 'failed');
    start();
  };
  const said = result === null ? label : RESULT_WORDS[result];
  const icon = result === 'copied' ? <CheckIcon color="var(--pl-success)" /> : <CopyIcon />;

  if (children !== undefined) {
    return (
      <Button variant="default" leftSection={icon} onClick={() => void copy()} aria-live="polite">
        {result === null ? children : said}
      </Button>
    );
  }
  return (
    <Tooltip label={said} openDelay={result === null ? 300 : 0}>
      <ActionIcon variant="subtle" color="gray" aria-label={said} onClick={() => void copy()}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

const RESULT_WORDS = { copied: 'Copied', failed: 'Could not copy' } as const;
