import type { RequestSummary } from '#shared/request';
import { formatCount, formatQuantity } from '../../lib/formatNumber.ts';
import classes from './MetadataTab.module.css';

/** Token counts with the parts of each total. A part that nobody reported has no line; a total says so. */
export function UsageTable({ request }: { request: RequestSummary }) {
  const parts = (counts: readonly (readonly [label: string, count: number | null])[]) =>
    counts
      .filter(([, count]) => count !== null)
      .map(([label, count]) => (
        <tr key={label} data-part>
          <th scope="row">{label}</th>
          <td>{formatCount(count ?? 0)}</td>
        </tr>
      ));
  return (
    <table className={classes.usage} aria-label="Token usage">
      <tbody>
        <Total label="Input tokens" count={request.input_tokens} />
        {parts([
          ['of which cached', request.cached_input_tokens],
          ['of which written to a cache', request.cache_write_tokens],
          ['of which audio', request.audio_input_tokens],
        ])}
        <Total label="Output tokens" count={request.output_tokens} isNone={request.endpoint === 'embeddings'} />
        {parts([
          ['of which reasoning', request.reasoning_tokens],
          ['of which spoken', request.audio_output_tokens],
        ])}
        {request.output_images !== null && <Total label="Images made" count={request.output_images} />}
        {request.media_seconds !== null && <Total label="Seconds of audio or video" count={request.media_seconds} />}
      </tbody>
    </table>
  );
}

function Total({ label, count, isNone = false }: { label: string; count: number | null; isNone?: boolean }) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td className={count === null ? classes.unknown : undefined}>
        {count !== null ? formatQuantity(count) : isNone ? 'none' : 'not reported'}
      </td>
    </tr>
  );
}
