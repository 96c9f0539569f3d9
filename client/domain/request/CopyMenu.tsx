import { ActionIcon, Menu } from '@mantine/core';
import { CodeIcon, CopyIcon, IdCardIcon, Link2Icon } from '@radix-ui/react-icons';
import { stringifyExactJson } from '#shared/exactJson';
import type { RequestId } from '#shared/primitives';
import type { LoggedRequest } from '#shared/request';
import { publicUrl } from '../../lib/basePath.ts';
import { useCopy } from '../../lib/useCopy.ts';

type CopyMenuProps = { id: RequestId; detail: LoggedRequest | undefined };

/** Takes a request elsewhere: its id, a link to it, or all of it. */
export function CopyMenu({ id, detail }: CopyMenuProps) {
  const copy = useCopy();
  return (
    <Menu position="bottom-end" width={170}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Copy" title="Copy">
          <CopyIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IdCardIcon />} onClick={() => void copy('Id', id)}>
          Copy id
        </Menu.Item>
        <Menu.Item leftSection={<Link2Icon />} onClick={() => void copy('Link', `${publicUrl()}/requests?id=${id}`)}>
          Copy link
        </Menu.Item>
        <Menu.Item
          leftSection={<CodeIcon />}
          disabled={!detail}
          onClick={() => void copy('JSON', stringifyExactJson(detail, 2))}
        >
          Copy JSON
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
