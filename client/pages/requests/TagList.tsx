import { Group, Text } from '@mantine/core';
import type { Tags } from '#shared/primitives';
import classes from './TagList.module.css';

const MOST_SHOWN = 2;

/** The first tags of a row; the others are counted and named on hover. */
export function TagList({ tags }: { tags: Tags }) {
  const entries = Object.entries(tags).map(([key, value]) => `${key}:${value}`);
  const hidden = entries.slice(MOST_SHOWN);
  return (
    <Group gap={4} wrap="nowrap">
      {entries.slice(0, MOST_SHOWN).map((tag) => (
        <span key={tag} className={classes.tag} title={tag}>
          {tag}
        </span>
      ))}
      {hidden.length > 0 && (
        <Text component="span" fz={11} c="dimmed" title={hidden.join('\n')}>
          +{hidden.length}
        </Text>
      )}
    </Group>
  );
}
