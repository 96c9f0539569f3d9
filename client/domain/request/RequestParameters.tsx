import { lazy, Suspense } from 'react';
import { Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { ExactNumber, stringifyExactJson } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { LoggedRequest } from '#shared/request';
import classes from './RequestParameters.module.css';

const JsonView = lazy(() => import('../../components/JsonView.tsx'));

/** How the model was called and what the caller noted: parameters, prompt variables, metadata. */
export function RequestParameters({ request }: { request: LoggedRequest }) {
  const { parameters, prompt_variables, metadata, sdk } = request;
  return (
    <>
      <JsonSection title="Parameters" value={parameters} />
      <JsonSection title="Prompt variables" value={prompt_variables} />
      <JsonSection title="Metadata" value={metadata} />
      {sdk && (
        <Text fz="xs" c="dimmed">
          Logged by {[sdk.name, sdk.version, sdk.runtime && `on ${sdk.runtime}`].filter(Boolean).join(' ')}
        </Text>
      )}
    </>
  );
}

/** Simple values as chips, where all are simple; anything deeper as a tree. */
function JsonSection({ title, value }: { title: string; value: JsonObject | null }) {
  if (value === null || Object.keys(value).length === 0) return null;
  const entries = Object.entries(value);
  return (
    <Stack gap={8} component="section" aria-label={title}>
      <Title order={3} fz={15}>
        {title}
      </Title>
      {entries.every(([, item]) => isSimple(item)) ? (
        <Group gap={6}>
          {entries.map(([name, item]) => (
            <span key={name} className={classes.chip}>
              <bdi className={classes.name}>{name}</bdi>
              <bdi>{typeof item === 'string' ? item : stringifyExactJson(item)}</bdi>
            </span>
          ))}
        </Group>
      ) : (
        <Paper p="sm" radius="md" bg="var(--pl-sunken)">
          <Suspense fallback={<Skeleton h={60} />}>
            <JsonView value={value} label={title} />
          </Suspense>
        </Paper>
      )}
    </Stack>
  );
}

function isSimple(item: JsonValue): boolean {
  if (item instanceof ExactNumber) return item.literal.length <= 60;
  return typeof item === 'number' || typeof item === 'boolean' || (typeof item === 'string' && item.length <= 60);
}
