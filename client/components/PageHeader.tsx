import type { ReactNode } from 'react';
import { Group, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';

type PageHeaderProps = { title: string; description?: ReactNode; children?: ReactNode };

/** The first line of a page, and its name in the browser's tab. `children` are its actions, at the right. */
export function PageHeader({ title, description, children }: PageHeaderProps) {
  useDocumentTitle(`${title} · PromptLab`);
  return (
    <Group justify="space-between" align="flex-end" gap="sm" mih={40}>
      <div>
        <Title order={1} fz={22} lh={1.25} dir="auto" style={{ letterSpacing: '-0.015em' }}>
          {title}
        </Title>
        {description !== undefined && (
          <Text c="dimmed" fz="sm">
            {description}
          </Text>
        )}
      </div>
      {children !== undefined && <Group gap="xs">{children}</Group>}
    </Group>
  );
}
