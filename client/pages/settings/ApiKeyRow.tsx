import { ActionIcon, Badge, Group, Text, Tooltip } from '@mantine/core';
import { TrashIcon } from '@radix-ui/react-icons';
import type { ApiKey } from '#shared/apiKey';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { accessOf } from './keyAccess.ts';
import classes from './SettingsPage.module.css';

type ApiKeyRowProps = {
  apiKey: ApiKey;
  /** True for the key one is signed in with. */
  isOwn: boolean;
  /** Missing where the signed-in key may not manage keys. */
  onDelete: (() => void) | undefined;
};

/** An API key in the list: who it is for, what it may do, when it was last used. */
export function ApiKeyRow({ apiKey, isOwn, onDelete }: ApiKeyRowProps) {
  const { label, meaning } = accessOf(apiKey.scopes);
  return (
    <li className={classes.key}>
      <div>
        <Group gap={8}>
          <Text fz="sm" fw={500} className="wrapAnywhere">
            {apiKey.name}
          </Text>
          {isOwn && (
            <Badge size="sm" variant="light" color="iris" tt="none">
              You
            </Badge>
          )}
        </Group>
        <Text fz={12} c="dimmed" ff="monospace">
          {apiKey.key_prefix}…
        </Text>
      </div>
      <Text fz="sm" title={meaning}>
        {label}
      </Text>
      <Text fz="sm" c="dimmed">
        Created <RelativeTime instant={apiKey.created_at} />
      </Text>
      <Text fz="sm" c="dimmed">
        {apiKey.last_used_at === null ? (
          'Never used'
        ) : (
          <>
            Used <RelativeTime instant={apiKey.last_used_at} />
          </>
        )}
      </Text>
      <div>
        {onDelete && (
          <Tooltip label="Delete key">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Delete key ${apiKey.name}`}
              onClick={onDelete}
            >
              <TrashIcon />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </li>
  );
}
