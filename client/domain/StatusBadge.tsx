import { Text } from '@mantine/core';
import { CheckCircledIcon, CrossCircledIcon, MinusCircledIcon, StopIcon } from '@radix-ui/react-icons';
import { CUT_OFF_REASONS } from '#shared/query/fields';
import type { RequestStatus, RequestSummary } from '#shared/request';

type Look = { label: string; meaning: string; ink: string; Icon: typeof CheckCircledIcon };

/** Told by icon and word, never by color alone. */
export const STATUS: Record<RequestStatus, Look> = {
  success: {
    label: 'Success',
    meaning: 'The call succeeded',
    ink: 'var(--pl-success)',
    Icon: CheckCircledIcon,
  },
  error: { label: 'Error', meaning: 'The call failed', ink: 'var(--pl-error)', Icon: CrossCircledIcon },
  aborted: {
    label: 'Aborted',
    meaning: 'The caller stopped reading',
    ink: 'var(--pl-warning)',
    Icon: StopIcon,
  },
  incomplete: {
    label: 'Incomplete',
    meaning: 'The model stopped early',
    ink: 'var(--pl-warning)',
    Icon: MinusCircledIcon,
  },
};

const CUT_OFF: Look = {
  label: 'Cut off',
  meaning: 'The answer ended at a limit of tokens',
  ink: 'var(--pl-warning)',
  Icon: MinusCircledIcon,
};

/** How a call ended, as a reader sees it: an answer that ended at a limit is not whole, also of a call that is said to have succeeded. */
export function lookOf({ status, finish_reason }: Pick<RequestSummary, 'status' | 'finish_reason'>): Look {
  const hasAnswer = status === 'success' || status === 'incomplete';
  const isCutOff = hasAnswer && CUT_OFF_REASONS.some((reason) => reason === finish_reason);
  return isCutOff ? CUT_OFF : STATUS[status];
}

/** A mark alone for success, which needs no word; else with its word. */
export function StatusMark({ request }: { request: Pick<RequestSummary, 'status' | 'finish_reason'> }) {
  const look = lookOf(request);
  const { label, meaning, ink, Icon } = look;
  const isGood = look === STATUS.success;
  return (
    <span title={meaning} style={{ display: 'inline-flex', flex: 'none', alignItems: 'center', gap: 4, color: ink }}>
      <Icon
        color={ink}
        role={isGood ? 'img' : undefined}
        aria-label={isGood ? label : undefined}
        aria-hidden={!isGood}
      />
      {!isGood && label}
    </span>
  );
}

/** Quiet for success, which most rows are. */
export function StatusBadge({ status }: { status: RequestStatus }) {
  const { label, meaning, ink, Icon } = STATUS[status];
  return (
    <Text
      component="span"
      fz="inherit"
      title={meaning}
      style={{ display: 'inline-flex', alignItems: 'center', gap: 6 }}
    >
      <Icon color={ink} aria-hidden />
      <span style={status === 'success' ? undefined : { color: ink, fontWeight: 550 }}>{label}</span>
    </Text>
  );
}
