import { Button, Checkbox, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { DEFAULT_COLUMNS, REQUEST_COLUMNS } from './requestColumns.tsx';
import classes from './RequestsToolbar.module.css';
import type { ColumnChoice, Density } from './useColumnChoice.ts';

const DENSITIES: { value: Density; label: string }[] = [
  { value: 's', label: 'Dense' },
  { value: 'm', label: 'Airy' },
];

/** The columns to choose from, and how high a row is. */
export default function LookChoice({ columns, density, choose, setDensity }: ColumnChoice) {
  const names = columns.map(({ name }) => name);
  const toggle = (name: string, isShown: boolean) =>
    choose(isShown ? [...names, name] : names.filter((one) => one !== name));
  return (
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
  );
}
