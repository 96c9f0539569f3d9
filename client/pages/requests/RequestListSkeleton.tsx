import { Group, Paper, Skeleton, Stack } from '@mantine/core';

const ROWS = 9;

/** The shape of the list while it loads for the first time. */
export function RequestListSkeleton() {
  return (
    <Paper radius="lg" p="md" aria-busy aria-label="Loading requests" role="status">
      <Stack gap={18}>
        {Array.from({ length: ROWS }, (_, row) => (
          <Group key={row} wrap="nowrap" gap="md" opacity={1 - row / (ROWS + 3)}>
            <Skeleton h={22} w={22} radius="sm" style={{ flex: 'none' }} />
            <Skeleton h={12} w={110} style={{ flex: 'none' }} />
            <Skeleton h={12} w={`${60 - (row % 3) * 12}%`} />
            <Skeleton h={12} w={70} visibleFrom="sm" style={{ flex: 'none' }} />
            <Skeleton h={12} w={50} visibleFrom="sm" style={{ flex: 'none' }} />
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}
