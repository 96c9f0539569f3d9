import { useState } from 'react';
import { UnstyledButton } from '@mantine/core';
import { MinusCircledIcon, CheckIcon } from '@radix-ui/react-icons';
import type { Facet } from '#shared/stats';
import { formatValue } from '#shared/query/tokens';
import { hasTerm, readTerms, setTerms, toggleTerm } from '#shared/query/terms';
import { formatCompact, formatCount } from '../../lib/formatNumber.ts';
import { formatDayClock } from '../../domain/clock.ts';
import classes from './FacetPanel.module.css';

const LABELS: ReadonlyMap<string, string> = new Map([
  ['status', 'Status'],
  ['model', 'Model'],
  ['provider', 'Provider'],
  ['prompt', 'Prompt'],
  ['env', 'Environment'],
  ['user', 'User'],
  ['key', 'API key'],
  ['finish', 'Finish reason'],
  ['error.type', 'Error type'],
  ['release', 'Release'],
]);
/** Values before "Show all". */
const FIRST = 6;

type FacetValuesProps = {
  facet: Facet;
  q: string;
  onChange: (q: string) => void;
};

/** The values of one field. A click adds or takes back, with Alt it asks for that value alone; the minus leaves it out. */
export function FacetValues({
  facet: { field, values, others, counted_back_to: backTo },
  q,
  onChange,
}: FacetValuesProps) {
  const [isLong, setIsLong] = useState(false);
  const label = LABELS.get(field) ?? field;
  const set = readTerms(q).filter((term) => term.field === field);
  const known = new Set(values.map(({ value }) => value));
  // What is asked for is shown though nothing has it.
  const missing = set
    .filter(({ value }) => typeof value === 'object' || !known.has(value))
    .map(({ value }) => ({ value, requests: null }));
  const shown = isLong
    ? values
    : values.filter(({ value }, index) => index < FIRST || set.some((term) => term.value === value));
  const count = values.length + missing.length;
  if (count === 0) return null;
  return (
    <section className={classes.facet} aria-label={label}>
      <h3
        className={classes.label}
        title={backTo === null ? undefined : `Of the latest requests, since ${formatDayClock(backTo)}`}
      >
        {label}
        {backTo !== null && <span className={classes.partial}>latest</span>}
      </h3>
      <ul className={classes.values}>
        {[...shown, ...missing].map(({ value, requests }) => {
          const name = typeof value === 'string' ? value : value.like;
          const isSet = hasTerm(q, { field, value });
          const isOut = hasTerm(q, { field, value, isExcluded: true });
          return (
            <li
              key={formatValue(value)}
              className={classes.value}
              data-set={isSet || undefined}
              data-out={isOut || undefined}
            >
              <UnstyledButton
                className={classes.pick}
                aria-pressed={isSet}
                title={`${name}\nAlt-click: only this`}
                onClick={(event) =>
                  onChange(event.altKey ? setTerms(q, field, [value]) : toggleTerm(q, { field, value }))
                }
              >
                <span className={classes.box} aria-hidden>
                  {isSet && <CheckIcon width={12} height={12} />}
                </span>
                <span className={classes.name} dir="auto">
                  {name}
                </span>
                <span className={classes.count} title={requests === null ? undefined : formatCount(requests)}>
                  {requests === null ? '–' : formatCompact(requests)}
                </span>
              </UnstyledButton>
              <UnstyledButton
                className={classes.leaveOut}
                aria-label={`Leave out ${name}`}
                aria-pressed={isOut}
                title={isOut ? 'No longer leave out' : 'Leave out'}
                onClick={() => onChange(toggleTerm(q, { field, value, isExcluded: true }))}
              >
                <MinusCircledIcon width={13} height={13} />
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
      {(values.length > FIRST || others > 0) && (
        <div className={classes.more}>
          {values.length > FIRST && (
            <UnstyledButton className={classes.link} aria-expanded={isLong} onClick={() => setIsLong(!isLong)}>
              {isLong ? 'Show fewer' : `Show ${values.length - FIRST} more`}
            </UnstyledButton>
          )}
          {others > 0 && <span>{formatCompact(others)} with other values</span>}
        </div>
      )}
    </section>
  );
}
