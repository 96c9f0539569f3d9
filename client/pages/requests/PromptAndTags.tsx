import { Text } from '@mantine/core';
import type { RequestSummary } from '#shared/request';
import { TagList } from './TagList.tsx';

/** The prompt a call was made from, over its tags; what is missing takes no line. */
export function PromptAndTags({ request }: { request: Pick<RequestSummary, 'prompt_slug' | 'tags'> }) {
  const { prompt_slug, tags } = request;
  const hasTags = Object.keys(tags).length > 0;
  if (prompt_slug === null && !hasTags) {
    return (
      <Text component="span" fz="inherit" c="dimmed">
        –
      </Text>
    );
  }
  return (
    <div style={{ maxWidth: 166 }}>
      {prompt_slug !== null && (
        <Text fz="inherit" lh={1.35} mb={hasTags ? 2 : 0} truncate dir="auto" title={prompt_slug}>
          {prompt_slug}
        </Text>
      )}
      {hasTags && <TagList tags={tags} />}
    </div>
  );
}
