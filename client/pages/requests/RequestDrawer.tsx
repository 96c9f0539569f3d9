import { useHotkeys } from '@mantine/hooks';
import type { RequestId } from '#shared/primitives';
import type { RequestSummary } from '#shared/request';
import { SidePanel } from '../../components/SidePanel.tsx';
import { RequestDetail } from '../../domain/request/RequestDetail.tsx';

type RequestDrawerProps = {
  id: RequestId;
  /** The rows beside it: the neighbours to step to, and what is known before the words are loaded. */
  rows: readonly RequestSummary[];
  onOpen: (id: RequestId | undefined, isStep?: boolean) => void;
};

/** One request with all that is known of it, beside the list. */
export function RequestDrawer({ id, rows, onOpen }: RequestDrawerProps) {
  const at = rows.findIndex((row) => row.id === id);
  const newer = at > 0 ? rows[at - 1]?.id : undefined;
  const older = at >= 0 ? rows[at + 1]?.id : undefined;
  const step = (neighbour: RequestId | undefined) => neighbour && onOpen(neighbour, true);
  const close = () => onOpen(undefined);

  useHotkeys([
    ['j', () => step(older)],
    ['k', () => step(newer)],
  ]);

  return (
    <SidePanel label="Request" onClose={close}>
      <RequestDetail
        id={id}
        summary={rows[at]}
        place={at >= 0 ? { position: at + 1, of: rows.length, newer, older } : undefined}
        onStep={step}
        onClose={close}
      />
    </SidePanel>
  );
}
