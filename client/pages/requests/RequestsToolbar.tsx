import { lazy, type ReactNode, Suspense } from 'react';
import { Button, Tooltip } from '@mantine/core';
import { MixerHorizontalIcon } from '@radix-ui/react-icons';
import { FilterControls } from '../../domain/filters/FilterControls.tsx';
import { LeftOutLine } from '../../domain/filters/LeftOutLine.tsx';
import { isPresetSet, PRESETS, togglePreset } from '../../domain/filters/presets.ts';
import { isNarrowed, toFilters } from '../../domain/pageSearch.ts';
import type { Address } from '../../domain/useAddress.ts';
import classes from './RequestsToolbar.module.css';

const DeleteRequests = lazy(() => import('./DeleteRequests.tsx'));

type RequestsToolbarProps = Address & {
  now: number;
  isFacetsOpen: boolean;
  onToggleFacets: () => void;
  /** At the right of the second line: how the table looks. */
  look: ReactNode;
};

/** What narrows the list: the query and the time, and what writes into them. */
export function RequestsToolbar({ search, change, now, isFacetsOpen, onToggleFacets, look }: RequestsToolbarProps) {
  const q = search.q ?? '';
  return (
    <div className={classes.toolbar} role="group" aria-label="Filters">
      <div className={classes.line}>
        <FilterControls search={search} change={change} now={now} />
      </div>
      <LeftOutLine search={search} change={change} />
      <div className={classes.line}>
        <Tooltip label="Facets (f)">
          <Button
            variant={isFacetsOpen ? 'light' : 'default'}
            size="xs"
            leftSection={<MixerHorizontalIcon />}
            aria-pressed={isFacetsOpen}
            onClick={onToggleFacets}
          >
            Facets
          </Button>
        </Tooltip>
        <div className={classes.presets} role="group" aria-label="Presets">
          {PRESETS.map((preset) => {
            const isSet = isPresetSet(q, preset);
            return (
              <Button
                key={preset.label}
                variant={isSet ? 'light' : 'default'}
                size="xs"
                px={10}
                title={preset.about}
                aria-pressed={isSet}
                onClick={() => change({ q: togglePreset(q, preset) })}
              >
                {preset.label}
              </Button>
            );
          })}
          {isNarrowed(search) && (
            <Button
              variant="subtle"
              size="xs"
              color="gray"
              onClick={() => change({ q: undefined, t: undefined, env: undefined })}
            >
              Clear all
            </Button>
          )}
          <Suspense>{isNarrowed(search) && <DeleteRequests filters={() => toFilters(search, Date.now())} />}</Suspense>
        </div>
        {look}
      </div>
    </div>
  );
}
