import { Box } from '@mantine/core';
import { highlightCode } from '../lib/highlightCode.ts';
import { CopyButton } from './CopyButton.tsx';
import classes from './CodeBlock.module.css';

type CodeBlockProps = {
  code: string;
  /** What the code is, for screen readers. */
  label: string;
};

/** Code to take away, with its copy button. */
export function CodeBlock({ code, label }: CodeBlockProps) {
  return (
    <Box className={classes.frame}>
      <pre className={classes.code} aria-label={label}>
        {highlightCode(code).map(({ text, kind }, index) => (
          <span key={index} className={kind === 'plain' ? undefined : classes[kind]}>
            {text}
          </span>
        ))}
      </pre>
      <div className={classes.copy}>
        <CopyButton text={code} label="Copy code" />
      </div>
    </Box>
  );
}
