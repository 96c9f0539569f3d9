import { useEffect, useState } from 'react';
import { CheckIcon, Cross2Icon } from '@radix-ui/react-icons';
import type { JsonValue } from '#shared/primitives';
import { stringifyExactJson } from '#shared/exactJson';
import { plural } from '../../lib/formatNumber.ts';
import type { SchemaVerdict } from './checkSchema.ts';
import classes from './SchemaCheck.module.css';

type SchemaCheckProps = { value: unknown; schema: JsonValue };

/** A schema of a caller may hold a pattern that never ends: it runs beside the page, and not for longer. */
const TIME_LIMIT_MS = 2_000;

/** Whether a value is what its schema says. */
export function SchemaCheck({ value, schema }: SchemaCheckProps) {
  const verdict = useVerdict(value, schema);
  if (verdict === null) {
    return (
      <p className={classes.line} role="status">
        Checking against its schema…
      </p>
    );
  }
  if (verdict.problem !== null) return <p className={classes.line}>{verdict.problem}</p>;
  if (verdict.faults.length === 0) {
    return (
      <p className={classes.line} data-fits>
        <CheckIcon aria-hidden /> fits its schema
      </p>
    );
  }
  return (
    <details className={classes.line} data-faulty>
      <summary>
        <Cross2Icon aria-hidden /> {plural(verdict.faults.length, 'fault')} by its schema
      </summary>
      <ul className={classes.faults}>
        {verdict.faults.map(({ place, message }, index) => (
          <li key={index} className="wrapAnywhere">
            <code dir="auto">{place}</code> {message}
          </li>
        ))}
      </ul>
    </details>
  );
}

function useVerdict(value: unknown, schema: JsonValue): SchemaVerdict | null {
  const [found, setFound] = useState<{ value: unknown; schema: JsonValue; verdict: SchemaVerdict } | null>(null);
  useEffect(() => {
    const worker = new Worker(new URL('./schemaWorker.ts', import.meta.url), { type: 'module' });
    const end = (verdict: SchemaVerdict) => {
      clearTimeout(timer);
      worker.terminate();
      setFound({ value, schema, verdict });
    };
    const timer = setTimeout(() => end({ faults: [], problem: 'The schema takes too long to check.' }), TIME_LIMIT_MS);
    worker.onmessage = ({ data }: MessageEvent<SchemaVerdict>) => end(data);
    worker.onerror = () => end({ faults: [], problem: 'The schema could not be checked.' });
    // As text: a number of many digits is an object of ours, which no worker receives as one.
    worker.postMessage({ value: stringifyExactJson(value), schema: stringifyExactJson(schema) });
    return () => {
      clearTimeout(timer);
      worker.terminate();
    };
  }, [value, schema]);
  return found !== null && found.value === value && found.schema === schema ? found.verdict : null;
}
