import { lazy, Suspense } from 'react';
import { ActionIcon, Popover } from '@mantine/core';
import { MixerVerticalIcon } from '@radix-ui/react-icons';
import type { ColumnChoice } from './useColumnChoice.ts';

const LookChoice = lazy(() => import('./LookChoice.tsx'));

/** Which columns the table has, and how high its rows are. */
export function LookMenu(choice: ColumnChoice) {
  return (
    <Popover position="bottom-end" width={240} trapFocus withRoles shadow="md">
      <Popover.Target>
        <ActionIcon variant="default" size="sm" aria-label="Columns and density" title="Columns and density">
          <MixerVerticalIcon />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <Suspense>
          <LookChoice {...choice} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
