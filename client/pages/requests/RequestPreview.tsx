import type { RequestSummary } from '#shared/request';
import { Highlight } from '../../domain/Highlight.tsx';
import classes from './RequestPreview.module.css';

type RequestPreviewProps = { request: RequestSummary; words: readonly string[] };

/** On one line: what was sent, and what came of it. Each takes its own direction. */
export function RequestPreview({ request, words }: RequestPreviewProps) {
  const { input_preview, output_preview, status, error } = request;
  const failure = status === 'error' ? (error?.message ?? error?.code ?? 'The call failed.') : null;
  const isToolCall = failure === null && /^[\w.-]+\(.*\)$/s.test(output_preview ?? '');
  return (
    <span className={classes.preview}>
      <span className={classes.input} dir="auto">
        <Marked text={input_preview ?? '–'} words={words} />
      </span>
      <span className={classes.arrow} aria-hidden>
        →
      </span>
      <span
        className={failure === null ? classes.output : classes.failure}
        data-tool={isToolCall || undefined}
        dir="auto"
      >
        <Marked text={failure ?? output_preview ?? 'no text'} words={words} />
      </span>
    </span>
  );
}

/** What a line of a table can show of a text; the rest would only be laid out. */
const MOST_CHARACTERS = 300;

function Marked({ text, words }: { text: string; words: readonly string[] }) {
  return <Highlight text={text.slice(0, MOST_CHARACTERS)} words={words} />;
}
