import type { ReactNode } from 'react';
import { Group, Text } from '@mantine/core';
import type { RequestSummary } from '#shared/request';
import { CopyButton } from '../../components/CopyButton.tsx';
import { REQUEST_TERMS } from './requestTerms.ts';
import { ValueMenu } from './ValueMenu.tsx';
import classes from './RequestDetails.module.css';

/** Where a request comes from and belongs to; each value has its menu. */
export function RequestDetails({ request }: { request: RequestSummary }) {
  const tags = Object.entries(request.tags);
  return (
    <dl className={classes.facts}>
      {REQUEST_TERMS.map(({ name, label, valueOf }) => {
        const value = valueOf(request);
        return (
          <Fact key={label} label={label}>
            {value !== null && <ValueMenu name={name} label={label} value={value} />}
          </Fact>
        );
      })}
      <Fact label="Tags">
        {tags.length > 0 && (
          <Group gap={5} className={classes.tags}>
            {tags.map(([key, value]) => (
              <ValueMenu key={key} name={`tag.${key}`} label={key} value={value}>
                {key}:{value}
              </ValueMenu>
            ))}
          </Group>
        )}
      </Fact>
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
