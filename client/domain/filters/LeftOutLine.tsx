import { CloseButton, Text } from '@mantine/core';
import { parseQuery } from '#shared/query/parseQuery';
import { sayLeftOut } from '../pageSearch.ts';
import type { Address } from '../useAddress.ts';
import classes from './LeftOutLine.module.css';

/** Says which parts of the address could not be read, of a query also why; nothing where all could. */
export function LeftOutLine({ search, change }: Address) {
  const said = sayLeftOut(search);
  if (said === null) return null;
  const query = search.leftOut?.q;
  const reason = typeof query === 'string' ? parseQuery(query).problem?.message : undefined;
  return (
    <div className={classes.leftOut} role="status">
      <Text component="span" fz="xs" c="var(--pl-warning)" truncate title={said}>
        Left out: <bdi>{said}</bdi>
        {reason !== undefined && ` (${reason})`}
      </Text>
      <CloseButton
        size={20}
        iconSize={12}
        aria-label="Forget what was left out"
        onClick={() => change({ q: search.q })}
      />
    </div>
  );
}
