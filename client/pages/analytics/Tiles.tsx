import { Skeleton } from '@mantine/core';
import { Sparkline } from '@mantine/charts';
import { Link } from '@tanstack/react-router';
import type { PageSearch } from '../../domain/pageSearch.ts';
import type { Tile } from './tiles.ts';
import classes from './Tiles.module.css';

export type ShownTile = Omit<Tile, 'terms' | 'sort'> & {
  readonly to: '/requests' | '/users';
  readonly search: PageSearch;
};

type TilesProps = {
  tiles: readonly ShownTile[] | undefined;
  /** Such as "the 30 days before"; null where nothing is compared. */
  comparedWith: string | null;
  isStale: boolean;
};

/** What the requests of the page add up to. Each number leads to them. */
export function Tiles({ tiles, comparedWith, isStale }: TilesProps) {
  return (
    <section className={classes.tiles} aria-label="Totals" data-stale={isStale || undefined}>
      {tiles?.map(({ title, value, exact, detail, change, line, to, search }) => (
        <Link key={title} to={to} search={search} className={classes.tile} title={exact}>
          <span className={classes.title}>{title}</span>
          <span className={classes.numbers}>
            <b className={classes.value}>{value}</b>
            {change && (
              <span
                className={classes.change}
                data-tone={change.tone}
                title={`${change.before} ${comparedWith ?? 'before'}`}
              >
                {change.text}
              </span>
            )}
          </span>
          <span className={classes.detail}>{detail}</span>
          <span className={classes.line} aria-hidden inert>
            {line.some((each) => each !== null) && (
              <Sparkline
                h={28}
                data={[...line]}
                color="indigo.6"
                curveType="linear"
                strokeWidth={1.5}
                connectNulls={false}
              />
            )}
          </span>
        </Link>
      )) ?? Array.from({ length: 8 }, (_, place) => <Skeleton key={place} height={104} aria-label="Loading" />)}
    </section>
  );
}
