import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { PageSearch } from '../../domain/pageSearch.ts';
import { TileLine } from './TileLine.tsx';
import type { Tile } from './tiles.ts';
import classes from './Tiles.module.css';

/** A tile with the page that it leads to. */
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
          {line.length > 0 && <TileLine values={line} />}
        </Link>
      )) ?? Array.from({ length: 10 }, (_, place) => <Skeleton key={place} height={104} aria-label="Loading" />)}
    </section>
  );
}
