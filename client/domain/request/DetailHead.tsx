import { ActionIcon, Group, Text, Title, Tooltip } from '@mantine/core';
import { ChevronDownIcon, ChevronUpIcon, Cross2Icon } from '@radix-ui/react-icons';
import type { RequestId } from '#shared/primitives';
import type { LoggedRequest, RequestSummary } from '#shared/request';
import { ProviderMark } from '../ModelBadge.tsx';
import { StatusBadge } from '../StatusBadge.tsx';
import { formatExact } from '../../lib/time.ts';
import { CopyMenu } from './CopyMenu.tsx';
import { DeleteRequest } from './DeleteRequest.tsx';
import classes from './RequestDetail.module.css';

type DetailHeadProps = {
  id: RequestId;
  summary: RequestSummary | undefined;
  detail: LoggedRequest | undefined;
  /** Missing when there is no row in that direction. */
  onNewer: (() => void) | undefined;
  onOlder: (() => void) | undefined;
  /** Missing where there is nothing to close. */
  onClose: (() => void) | undefined;
  onDeleted: (() => void) | undefined;
};

export function DetailHead({ id, summary, detail, onNewer, onOlder, onClose, onDeleted }: DetailHeadProps) {
  return (
    <Group className={classes.header} justify="space-between" wrap="nowrap" gap="xs">
      <Group gap={11} wrap="nowrap" miw={0}>
        {summary && <ProviderMark provider={summary.provider} size={32} />}
        <div style={{ minWidth: 0 }}>
          <Title order={2} fz={16} lh={1.3} className={classes.title} dir="auto">
            {summary?.name ?? summary?.model ?? 'Request'}
          </Title>
          <Text component="div" fz="xs" c="dimmed" lh={1.5} className={classes.subtitle}>
            {summary ? (
              <>
                <Text component="span" inherit c="var(--mantine-color-text)">
                  <StatusBadge status={summary.status} />
                </Text>
                <time dateTime={summary.started_at}>{formatExact(summary.started_at)}</time>
              </>
            ) : (
              id
            )}
          </Text>
        </div>
      </Group>
      <Group gap={2} wrap="nowrap">
        {(onNewer ?? onOlder) && (
          <>
            <HeaderButton label="Newer request (k)" Icon={ChevronUpIcon} onClick={onNewer} />
            <HeaderButton label="Older request (j)" Icon={ChevronDownIcon} onClick={onOlder} />
          </>
        )}
        <CopyMenu id={id} detail={detail} />
        {summary && <DeleteRequest id={id} onDeleted={onDeleted} />}
        {onClose && <HeaderButton label="Close (Esc)" Icon={Cross2Icon} onClick={onClose} />}
      </Group>
    </Group>
  );
}

type HeaderButtonProps = { label: string; Icon: typeof Cross2Icon; onClick: (() => void) | undefined };

function HeaderButton({ label, Icon, onClick }: HeaderButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        disabled={!onClick}
        bg={onClick ? undefined : 'transparent'}
        onClick={onClick}
      >
        <Icon />
      </ActionIcon>
    </Tooltip>
  );
}
