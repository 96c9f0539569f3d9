import { Group, Text } from '@mantine/core';
import type { Tags } from '#shared/primitives';
import classes from './TagList.module.css';

/** So many characters have room; the first tag is shown in any case. */
const ROOM = 20;

/** The first tags of a row; the others are counted and named on hover. */
export function TagList({ tags }: { tags: Tags }) {
  const entries = Object.entries(tags).map(([key, value]) => `${key}:${value}`);
  const shown = entries.slice(0, Math.max(1, countThatFit(entries)));
  const hidden = entries.slice(shown.length);
  return (
    <Group gap={4} wrap="nowrap">
      {shown.map((tag) => (
        <span key={tag} className={classes.tag} dir="auto" title={tag}>
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

function countThatFit(tags: string[]): number {
  let used = 0;
  const firstTooMany = tags.findIndex((tag) => (used += tag.length) > ROOM);
  return firstTooMany === -1 ? tags.length : firstTooMany;
}
