import { lazy, Suspense, type ReactNode } from 'react';

const ConfirmDialog = lazy(() => import('./ConfirmDialog.tsx'));

export type ConfirmModalProps = {
  isOpen: boolean;
  title: string;
  /** The verb and its object, such as "Delete key". */
  confirmLabel: string;
  isBusy: boolean;
  onConfirm: () => void;
  onCancel: () => void;
  children: ReactNode;
};

/** Asks before something is gone for good. */
export function ConfirmModal(props: ConfirmModalProps) {
  return <Suspense>{props.isOpen && <ConfirmDialog {...props} />}</Suspense>;
}
