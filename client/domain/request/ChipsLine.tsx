import { Group, HoverCard, OverflowList, UnstyledButton } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import type { RequestSummary } from '#shared/request';
import { TextLink } from '../../components/TextLink.tsx';
import { promptName } from './requestTerms.ts';
import { ValueMenu } from './ValueMenu.tsx';
import classes from './RequestDetail.module.css';
import menuClasses from './ValueMenu.module.css';

interface Chip {
  /** As the query language calls it. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly shown: string;
}

/** Where a request belongs to, as far as it has room; the rest is counted. */
export function ChipsLine({ request }: { request: RequestSummary }) {
  const chips = toChips(request);
  if (chips.length === 0) return null;
  return (
    <div className={classes.belongs}>
      <OverflowList
        className={classes.chips}
        data={chips}
        gap={4}
        getItemKey={({ name, value }) => `${name}:${value}`}
        renderItem={(chip) => <ChipMenu key={chip.name} chip={chip} />}
        renderOverflow={(hidden) => (
          <span>
            <MoreChips chips={hidden} />
          </span>
        )}
      />
      {request.trace_id !== null && <TraceLink traceId={request.trace_id} />}
    </div>
  );
}

/** To the trace around the request; nothing on the page of that trace. */
function TraceLink({ traceId }: { traceId: string }) {
  const shown = useParams({ strict: false }).traceId;
  if (shown === traceId) return null;
  return (
    <TextLink to="/traces/$traceId" params={{ traceId }} fz="xs" flex="none">
      Open trace
    </TextLink>
  );
}

function ChipMenu({ chip: { name, label, value, shown } }: { chip: Chip }) {
  return (
    <span className={classes.chip}>
      <ValueMenu name={name} label={label} value={value}>
        {shown}
      </ValueMenu>
    </span>
  );
}

function MoreChips({ chips }: { chips: readonly Chip[] }) {
  return (
    <HoverCard position="bottom-end" width={300} shadow="md" withinPortal>
      <HoverCard.Target>
        <UnstyledButton
          className={menuClasses.chip}
          aria-label={`${chips.length} more: ${chips.map(({ shown }) => shown).join(', ')}`}
        >
          +{chips.length}
        </UnstyledButton>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <Group gap={4}>
          {chips.map((chip) => (
            <ChipMenu key={chip.name} chip={chip} />
          ))}
        </Group>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}

function toChips(request: RequestSummary): Chip[] {
  const facts: (readonly [name: string, label: string, value: string | null])[] = [
    ['prompt', 'Prompt', promptName(request)],
    ['user', 'User', request.user_id],
    ['session', 'Session', request.session_id],
    ['trace', 'Trace', request.trace_id],
    ['env', 'Environment', request.environment],
    ['release', 'Release', request.release],
  ];
  const known = facts.flatMap(([name, label, value]) => (value === null ? [] : [{ name, label, value, shown: value }]));
  const tags = Object.entries(request.tags).map(([key, value]) => ({
    name: `tag.${key}`,
    label: key,
    value,
    shown: `${key}:${value}`,
  }));
  return [...known, ...tags];
}
