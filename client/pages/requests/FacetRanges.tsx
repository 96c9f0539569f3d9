import { useState, type KeyboardEvent } from 'react';
import { TextInput } from '@mantine/core';
import { parseQuery } from '#shared/query/parseQuery';
import { formatValue } from '#shared/query/tokens';
import { formatTerm, readTerms, setTerms } from '#shared/query/terms';
import { readRange, toRangeTerms } from './facetRange.ts';
import classes from './FacetPanel.module.css';

const RANGES = [
  { field: 'latency', label: 'Latency', example: ['500ms', '10s'] },
  { field: 'ttft', label: 'First token', example: ['100ms', '2s'] },
  { field: 'tokens', label: 'Tokens', example: ['1k', '8k'] },
  { field: 'cost', label: 'Cost', example: ['$0.01', '$1'] },
] as const;

type FacetRangesProps = { q: string; onChange: (q: string) => void };

/** From and to of what is a number. */
export function FacetRanges({ q, onChange }: FacetRangesProps) {
  return (
    <section className={classes.facet} aria-label="Ranges">
      {RANGES.map(({ field, label, example }) => {
        const values = readTerms(q)
          .filter((term) => term.field === field && !term.isExcluded)
          .map(({ value }) => formatValue(value));
        const [least, most] = readRange(values);
        return (
          <div key={field} className={classes.range} role="group" aria-label={label}>
            <span className={classes.rangeLabel}>{label}</span>
            <RangeField
              key={`from ${least}`}
              label={`${label} from`}
              value={least}
              example={example[0]}
              isGood={(text) => isTerm(field, `>=${text}`)}
              onSet={(next) => onChange(setTerms(q, field, toRangeTerms(next, most)))}
            />
            <span aria-hidden>–</span>
            <RangeField
              key={`to ${most}`}
              label={`${label} to`}
              value={most}
              example={example[1]}
              isGood={(text) => isTerm(field, `<=${text}`)}
              onSet={(next) => onChange(setTerms(q, field, toRangeTerms(least, next)))}
            />
          </div>
        );
      })}
    </section>
  );
}

const isTerm = (field: string, value: string) => parseQuery(formatTerm({ field, value })).problem === null;

type RangeFieldProps = {
  label: string;
  value: string;
  example: string;
  isGood: (text: string) => boolean;
  onSet: (text: string) => void;
};

/** Written by Enter or by leaving it; what is no amount stays red, and asks for nothing. */
function RangeField({ label, value, example, isGood, onSet }: RangeFieldProps) {
  const [text, setText] = useState(value);
  const typed = text.trim();
  const isWrong = typed !== '' && !isGood(typed);
  const set = () => {
    if (!isWrong && typed !== value) onSet(typed);
  };
  return (
    <TextInput
      size="xs"
      className={classes.rangeField}
      aria-label={label}
      title={isWrong ? `Write an amount such as ${example}.` : undefined}
      placeholder={example}
      value={text}
      maxLength={16}
      autoComplete="off"
      spellCheck={false}
      error={isWrong}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={set}
      onKeyDown={(event: KeyboardEvent) => event.key === 'Enter' && set()}
    />
  );
}
