import { RequestDetail } from '../../domain/request/RequestDetail.tsx';
import { SpanDetailView } from './SpanDetailView.tsx';
import type { TraceRow } from './traceTree.ts';

type StepDetailProps = {
  row: TraceRow;
  /** Missing where there is nothing to close. */
  onClose?: (() => void) | undefined;
  onDeleted: () => void;
};

/** The selected step: of a model call the request, of a span what it was given and what it gave back. */
export function StepDetail({ row, onClose, onDeleted }: StepDetailProps) {
  if (row.kind === 'request') {
    return <RequestDetail id={row.step.id} summary={row.step} onClose={onClose} onDeleted={onDeleted} />;
  }
  return <SpanDetailView span={row.step} sums={row.sums} onClose={onClose} />;
}
