import { lazy, Suspense } from 'react';
import { Skeleton } from '@mantine/core';
import { ExactNumber, stringifyExactJson } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { LoggedRequest } from '#shared/request';
import { Row, Section } from './MetadataTab.tsx';
import classes from './MetadataTab.module.css';

const JsonTree = lazy(() => import('../../components/JsonTree.tsx'));

/** How the model was called: parameters, the tools it could call, the variables of the prompt. */
export function ParamsTab({ request }: { request: LoggedRequest }) {
  const { parameters, tools, prompt_variables } = request;
  const hasAny = [parameters, prompt_variables].some((value) => value !== null && Object.keys(value).length > 0);
  return (
    <div className={classes.metadata}>
      {!hasAny && tools === null && <div className={classes.empty}>No parameters were logged.</div>}
      <Values title="Parameters" values={parameters} />
      <Values title="Prompt variables" values={prompt_variables} />
      {tools !== null && (
        <Section title="Tools">
          <Suspense fallback={<Skeleton h={60} />}>
            <JsonTree value={tools} label="Tools" depth={2} />
          </Suspense>
        </Section>
      )}
    </div>
  );
}

function Values({ title, values }: { title: string; values: JsonObject | null }) {
  const entries = Object.entries(values ?? {});
  if (entries.length === 0) return null;
  return (
    <Section title={title}>
      <dl className={classes.list}>
        {entries.map(([label, value]) => (
          <Row
            key={label}
            row={{
              label,
              value: typeof value === 'string' ? value : stringifyExactJson(value),
              term: null,
              isMono: true,
              ...(isTree(value) ? { tree: value } : {}),
            }}
          />
        ))}
      </dl>
    </Section>
  );
}

function isTree(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
}
