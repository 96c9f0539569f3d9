import type { ReactNode } from 'react';
import { Button, Group, Modal, Stack } from '@mantine/core';

type ConfirmModalProps = {
  isOpen: boolean;
  title: string;
  /** The verb and its object, such as "Delete key". */
  confirmLabel: string;
  isBusy: boolean;
  onConfirm: () => void;
  onCancel: () => void;
  children: ReactNode;
};

/** Asks before something is gone for good. Cancel has the focus. */
export function ConfirmModal({
  isOpen,
  title,
  confirmLabel,
  isBusy,
  onConfirm,
  onCancel,
  children,
}: ConfirmModalProps) {
  return (
    <Modal opened={isOpen} onClose={onCancel} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="md">
        {children}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel} data-autofocus>
            Cancel
          </Button>
          <Button color="red.8" loading={isBusy} onClick={onConfirm}>
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
