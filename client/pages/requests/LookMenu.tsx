import { ActionIcon, Button, Checkbox, Group, Popover, SegmentedControl, Stack, Text, Tooltip } from '@mantine/core';
import { MixerVerticalIcon } from '@radix-ui/react-icons';
import { DEFAULT_COLUMNS, REQUEST_COLUMNS } from './requestColumns.tsx';
import type { ColumnChoice, Density } from './useColumnChoice.ts';
import classes from './RequestsToolbar.module.css';

const DENSITIES: { value: Density; label: string }[] = [
  { value: 's', label: 'Dense' },
  { value: 'm', label: 'Airy' },
];

/** Which columns the table has, and how high its rows are. */
export function LookMenu({ columns, density, choose, setDensity }: ColumnChoice) {
  const names = columns.map(({ name }) => name);
  const toggle = (name: string, isShown: boolean) =>
    choose(isShown ? [...names, name] : names.filter((one) => one !== name));
  return (
    <Popover position="bottom-end" width={240} trapFocus withRoles shadow="md">
      <Popover.Target>
        <Tooltip label="Columns and density">
          <ActionIcon variant="default" size="sm" aria-label="Columns and density">
            <MixerVerticalIcon />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <Stack gap="sm">
          <SegmentedControl<Density>
            size="xs"
            aria-label="Density"
            data={DENSITIES}
            value={density}
            onChange={setDensity}
          />
          <div className={classes.columns} role="group" aria-label="Columns">
            {REQUEST_COLUMNS.map(({ name, title, about }) => (
              <Checkbox
                key={name}
                size="xs"
                label={about ?? title}
                checked={names.includes(name)}
                // What tells rows apart is always there.
                disabled={name === 'time' || name === 'preview'}
                onChange={(event) => toggle(name, event.currentTarget.checked)}
              />
            ))}
          </div>
          <Group justify="space-between" gap="xs">
            <Text fz="xs" c="dimmed">
              Those that have no room are left out.
            </Text>
            <Button size="xs" variant="default" onClick={() => choose(DEFAULT_COLUMNS)}>
              Reset
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
