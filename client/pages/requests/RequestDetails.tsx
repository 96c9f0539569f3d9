import type { ReactNode } from 'react';
import { Group, Text, UnstyledButton } from '@mantine/core';
import type { RequestSummary } from '#shared/request';
import { CopyButton } from '../../components/CopyButton.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { FILTER_LABELS, type FilterField, isFilterField, TEXT_FIELDS, TEXT_LABELS } from './requestFields.ts';
import classes from './RequestDetails.module.css';

type RequestDetailsProps = { request: RequestSummary; onFilter: (field: FilterField, value: string) => void };

/** Where a request comes from and belongs to. A click on a value shows the requests that share it. */
export function RequestDetails({ request, onFilter }: RequestDetailsProps) {
  const tags = Object.entries(request.tags).map(([key, value]) => `${key}:${value}`);
  const link = (field: FilterField, value: string | null, shown: ReactNode = value) =>
    value === null ? null : (
      <UnstyledButton
        className={classes.filter}
        title={`Show requests with ${FILTER_LABELS[field].toLowerCase()} ${value}`}
        onClick={() => onFilter(field, value)}
        dir="auto"
      >
        {shown}
      </UnstyledButton>
    );
  const prompt =
    request.prompt_version === null ? request.prompt_slug : `${request.prompt_slug} v${request.prompt_version}`;
  return (
    <dl className={classes.facts}>
      <Fact label="Model">{link('model', request.model)}</Fact>
      <Fact label="Provider">{link('provider', request.provider)}</Fact>
      <Fact label="Answered by">{isOtherModel(request) && request.response_model}</Fact>
      <Fact label="Prompt">{link('prompt_slug', request.prompt_slug, prompt)}</Fact>
      <Fact label="Trace">
        {link('trace_id', request.trace_id)}
        {request.trace_id !== null && (
          <TextLink to="/traces/$traceId" params={{ traceId: request.trace_id }} fz="xs">
            Open trace
          </TextLink>
        )}
      </Fact>
      <Fact label="Tags">
        {tags.length > 0 && (
          <Group gap={5} className={classes.tags}>
            {tags.map((tag) => (
              <span key={tag}>{link('tag', tag)}</span>
            ))}
          </Group>
        )}
      </Fact>
      {TEXT_FIELDS.map((field) => (
        <Fact key={field} label={TEXT_LABELS[field]}>
          {isFilterField(field) ? link(field, request[field]) : request[field]}
        </Fact>
      ))}
      <Fact label="Request id" isWide>
        <Text component="span" ff="monospace" fz={12.5} className="wrapAnywhere">
          {request.id}
        </Text>
        <CopyButton text={request.id} label="Copy request id" />
      </Fact>
    </dl>
  );
}

/** A fact that is not known takes no place. */
function Fact({ label, isWide = false, children }: { label: string; isWide?: boolean; children: ReactNode }) {
  const isKnown = [children].flat().some((child) => child !== null && child !== false && child !== undefined);
  if (!isKnown) return null;
  return (
    <div className={isWide ? `${classes.fact} ${classes.wide}` : classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** `gpt-4.1` answered by `gpt-4.1-2026-04-14` is worth a word; the same name twice is not. */
function isOtherModel({ model, response_model }: RequestSummary): boolean {
  return response_model !== null && response_model !== model;
}
