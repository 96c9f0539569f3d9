import { useState } from 'react';
import { ActionIcon, Text } from '@mantine/core';
import { ChevronDownIcon, ChevronUpIcon } from '@radix-ui/react-icons';
import { plural } from '../../lib/formatNumber.ts';
import classes from './RequestDetail.module.css';

type SearchedWordsProps = { words: readonly string[]; ranges: readonly Range[] };

/** How often what was searched for stands in what is shown, and the way from one place to the next. */
export function SearchedWords({ words, ranges }: SearchedWordsProps) {
  const [at, setAt] = useState(-1);
  const go = (step: 1 | -1) => {
    const next = at === -1 && step === -1 ? ranges.length - 1 : (at + step + ranges.length) % ranges.length;
    setAt(next);
    ranges[next]?.startContainer.parentElement?.scrollIntoView({ block: 'center' });
  };
  return (
    <div className={classes.searched}>
      <Text fz={12} c="dimmed" role="status" truncate>
        {ranges.length === 0 ? 'Not in what is shown here' : plural(ranges.length, 'place')}:{' '}
        <bdi>{words.join(', ')}</bdi>
      </Text>
      {ranges.length > 0 && (
        <>
          <ActionIcon variant="subtle" color="gray" size={24} aria-label="Previous place" onClick={() => go(-1)}>
            <ChevronUpIcon />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" size={24} aria-label="Next place" onClick={() => go(1)}>
            <ChevronDownIcon />
          </ActionIcon>
        </>
      )}
    </div>
  );
}
