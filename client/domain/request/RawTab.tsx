import { lazy, Suspense, useDeferredValue, useMemo, useState } from 'react';
import { ActionIcon, Button, Skeleton, Text, TextInput } from '@mantine/core';
import { ChevronDownIcon, ChevronUpIcon } from '@radix-ui/react-icons';
import { stringifyExactJson } from '#shared/exactJson';
import type { LoggedRequest } from '#shared/request';
import { CopyButton } from '../../components/CopyButton.tsx';
import { downloadText } from '../../lib/downloadText.ts';
import { formatCount } from '../../lib/formatNumber.ts';
import { findInJson } from '../../lib/jsonRows.ts';
import classes from './RawTab.module.css';

const JsonTree = lazy(() => import('../../components/JsonTree.tsx'));

/** Further hits are counted as "more". */
const MOST_HITS = 1_000;

/** A request exactly as it is stored, digit by digit, with a search in names and values. */
export function RawTab({ request }: { request: LoggedRequest }) {
  const [words, setWords] = useState('');
  const searched = useDeferredValue(words.trim());
  const hits = useMemo(() => findInJson(request, searched, MOST_HITS), [request, searched]);
  const [at, setAt] = useState(0);
  const current = hits.length === 0 ? undefined : hits[at % hits.length];
  const step = (by: number) => setAt((at + by + hits.length) % Math.max(1, hits.length));
  return (
    <div className={classes.raw}>
      <div className={classes.bar}>
        <TextInput
          size="xs"
          className={classes.search}
          placeholder="Search names and values"
          aria-label="Search in the JSON"
          value={words}
          onChange={(event) => {
            setWords(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
          }}
        />
        {searched !== '' && (
          <>
            <Text component="span" fz={12} c="dimmed" role="status" className={classes.hits}>
              {hits.length === 0 ? 'Not found' : `${(at % hits.length) + 1} of ${hitWords(hits.length)}`}
            </Text>
            <ActionIcon variant="subtle" color="gray" aria-label="Previous hit" onClick={() => step(-1)}>
              <ChevronUpIcon />
            </ActionIcon>
            <ActionIcon variant="subtle" color="gray" aria-label="Next hit" onClick={() => step(1)}>
              <ChevronDownIcon />
            </ActionIcon>
          </>
        )}
        <span className={classes.take}>
          <CopyButton text={() => stringifyExactJson(request, 2)} label="Copy JSON" />
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            onClick={() => downloadText(stringifyExactJson(request, 2), `${request.id}.json`, 'application/json')}
          >
            Download
          </Button>
        </span>
      </div>
      <div className={classes.tree}>
        <Suspense fallback={<Skeleton h={200} />}>
          <JsonTree value={request} label="Request as JSON" depth={3} matches={hits} current={current} isFilling />
        </Suspense>
      </div>
    </div>
  );
}

function hitWords(hits: number): string {
  return hits === MOST_HITS ? `${formatCount(MOST_HITS)} or more` : formatCount(hits);
}
