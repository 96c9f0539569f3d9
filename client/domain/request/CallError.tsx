import { Group } from '@mantine/core';
import { CrossCircledIcon } from '@radix-ui/react-icons';
import { DAY_MS, HOUR_MS } from '#shared/durations';
import type { Term } from '#shared/query/terms';
import { addTerm } from '#shared/query/terms';
import type { RequestError } from '#shared/request';
import { trpc } from '../../api/trpc.ts';
import { LongText } from '../../components/LongText.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { formatCount } from '../../lib/formatNumber.ts';
import { useNow } from '../../lib/useNow.ts';
import { ValueMenu } from './ValueMenu.tsx';
import classes from './CallError.module.css';

/** Lines of a message that are shown at first. */
const LINES = 6;

/** What the provider said when the call failed. */
export function CallError({ error }: { error: RequestError }) {
  const marks = marksOf(error);
  return (
    <div className={classes.error} role="group" aria-label="Error">
      <Group gap={6} className={classes.head}>
        <CrossCircledIcon aria-hidden />
        <strong>The call failed</strong>
        {marks.map(({ label, value, shown, field }) => (
          <span key={label} className={classes.mark}>
            <ValueMenu name={field} label={label} value={value}>
              {shown}
            </ValueMenu>
          </span>
        ))}
        <LikeThis error={error} />
      </Group>
      <LongText text={error.message ?? 'The provider gave no message.'} lines={LINES} />
    </div>
  );
}

/** How often it failed like this of late. */
function LikeThis({ error }: { error: RequestError }) {
  const q = likeThis(error);
  // On the hour, so that opening the next error of its kind asks nothing anew.
  const hour = Math.floor(useNow() / HOUR_MS) * HOUR_MS;
  const from = new Date(hour - 7 * DAY_MS).toISOString();
  const totals = trpc.stats.totals.useQuery({ q: q ?? '', from }, { enabled: q !== null, staleTime: 60_000 });
  if (q === null || !totals.data || totals.data.requests < 2) return null;
  return (
    <TextLink to="/requests" search={{ q, t: '7d' }} fz={12}>
      {formatCount(totals.data.requests)} like this in 7 d
    </TextLink>
  );
}

interface Mark {
  readonly field: 'error.type' | 'error.code' | 'http' | null;
  readonly label: string;
  readonly value: string;
  readonly shown: string;
}

function marksOf({ type, code, http_status, param }: RequestError): Mark[] {
  const marks: Mark[] = [];
  if (http_status !== null && http_status !== undefined) {
    marks.push({ field: 'http', label: 'HTTP status', value: String(http_status), shown: `HTTP ${http_status}` });
  }
  if (type) marks.push({ field: 'error.type', label: 'Error type', value: type, shown: type });
  if (code && code !== type) marks.push({ field: 'error.code', label: 'Error code', value: code, shown: code });
  if (param) marks.push({ field: null, label: 'Parameter', value: param, shown: `param ${param}` });
  return marks;
}

/** A query for errors of the same kind; null where the error does not say of which it is. */
function likeThis(error: RequestError): string | null {
  const terms: Term[] = [];
  if (error.type) terms.push({ field: 'error.type', value: error.type });
  if (error.code) terms.push({ field: 'error.code', value: error.code });
  if (error.http_status !== null && error.http_status !== undefined)
    terms.push({ field: 'http', value: String(error.http_status) });
  return terms.length === 0 ? null : terms.reduce(addTerm, '');
}
