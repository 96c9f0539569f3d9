import { CloseButton, Group, Text } from '@mantine/core';
import type { ActiveFilter } from './requestsSearch.ts';
import classes from './FilterChip.module.css';

export function FilterChip({ filter, onClear }: { filter: ActiveFilter; onClear: () => void }) {
  return (
    <Group className={classes.chip} gap={6} wrap="nowrap">
      <Text component="span" fz="xs" truncate maw={260} title={filter.value}>
        <span className={classes.label}>{filter.label}</span> <bdi>{filter.value}</bdi>
      </Text>
      <CloseButton size={18} iconSize={12} aria-label={`Clear ${filter.label} ${filter.value}`} onClick={onClear} />
    </Group>
  );
}
