import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ConfirmModalProps } from './ConfirmModal.tsx';

/** The dialog itself, loaded when something is asked. Cancel has the focus. */
export default function ConfirmDialog({
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
        <Group justify="flex-end" gap="sm">
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
