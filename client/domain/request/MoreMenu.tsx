import { useState } from 'react';
import { ActionIcon, Menu } from '@mantine/core';
import { DotsHorizontalIcon, TrashIcon } from '@radix-ui/react-icons';
import type { RequestId } from '#shared/primitives';
import type { RequestSummary } from '#shared/request';
import { DeleteRequest, useCanDelete } from './DeleteRequest.tsx';

type MoreMenuProps = { id: RequestId; summary: RequestSummary | undefined; onDeleted: (() => void) | undefined };

/** What is done with a request less often. */
export function MoreMenu({ id, summary, onDeleted }: MoreMenuProps) {
  const [asks, setAsks] = useState<'delete' | null>(null);
  const canDelete = useCanDelete();
  if (!summary || !canDelete) return null;
  return (
    <>
      <Menu position="bottom-end" width={190} withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={28} aria-label="More actions" title="More actions">
            <DotsHorizontalIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" leftSection={<TrashIcon />} onClick={() => setAsks('delete')}>
            Delete request
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <DeleteRequest id={id} isAsked={asks === 'delete'} onClose={() => setAsks(null)} onDeleted={onDeleted} />
    </>
  );
}
