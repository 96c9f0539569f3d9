import type { ReactNode } from 'react';
import { Center, Stack, Text, ThemeIcon, Title } from '@mantine/core';

type EmptyStateProps = { icon: ReactNode; title: string; description: ReactNode; children?: ReactNode };

/** Where a list has nothing to show: what is so, why, and what to do (children). */
export function EmptyState({ icon, title, description, children }: EmptyStateProps) {
  return (
    <Center py={64} px="md">
      <Stack align="center" gap="xs" maw={420} ta="center">
        <ThemeIcon size={44} radius="xl" variant="light" color="gray" mb={4} aria-hidden>
          {icon}
        </ThemeIcon>
        <Title order={2} fz="md">
          {title}
        </Title>
        <Text c="dimmed" fz="sm">
          {description}
        </Text>
        {children}
      </Stack>
    </Center>
  );
}
