import { useEffect, useRef } from 'react';
import { notifications } from '@mantine/notifications';
import { CheckIcon } from '@radix-ui/react-icons';
import type { RequestSummary } from '#shared/request';

/** Says once that the first request arrived, to whoever was waiting for it on this page. */
export function useFirstRequestNotice(isFirstRun: boolean, newest: RequestSummary | undefined): void {
  const wasWaiting = useRef(false);
  useEffect(() => {
    if (isFirstRun) wasWaiting.current = true;
    if (isFirstRun || !newest || !wasWaiting.current) return;
    wasWaiting.current = false;
    notifications.show({
      color: 'green',
      icon: <CheckIcon />,
      title: 'First request received',
      message: `${newest.model} answered, and PromptLab has it. New ones appear here by themselves.`,
      role: 'status',
    });
  }, [isFirstRun, newest]);
}
