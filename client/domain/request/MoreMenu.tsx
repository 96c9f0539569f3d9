import { useState } from 'react';
import { ActionIcon, Menu } from '@mantine/core';
import { DotsHorizontalIcon, MixIcon, TrashIcon } from '@radix-ui/react-icons';
import type { RequestId } from '#shared/primitives';
import type { RequestSummary } from '#shared/request';
import { CompareWith } from './CompareWith.tsx';
import { DeleteRequest, useCanDelete } from './DeleteRequest.tsx';

type MoreMenuProps = { id: RequestId; summary: RequestSummary | undefined; onDeleted: (() => void) | undefined };

/** What is done with a request less often. */
export function MoreMenu({ id, summary, onDeleted }: MoreMenuProps) {
  const [asks, setAsks] = useState<'delete' | 'compare' | null>(null);
  const canDelete = useCanDelete();
  const stop = () => setAsks(null);
  if (!summary) return null;
  return (
    <>
      <Menu position="bottom-end" width={190} withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={28} aria-label="More actions" title="More actions">
            <DotsHorizontalIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<MixIcon />} onClick={() => setAsks('compare')}>
            Compare with …
          </Menu.Item>
          {canDelete && (
            <Menu.Item color="red" leftSection={<TrashIcon />} onClick={() => setAsks('delete')}>
              Delete request
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <CompareWith request={summary} isAsked={asks === 'compare'} onClose={stop} />
      <DeleteRequest id={id} isAsked={asks === 'delete'} onClose={stop} onDeleted={onDeleted} />
    </>
  );
}
