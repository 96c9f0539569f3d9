import { ActionIcon, Tooltip } from '@mantine/core';
import { ChevronDownIcon, ChevronUpIcon, Cross2Icon, EnterFullScreenIcon } from '@radix-ui/react-icons';
import { Link } from '@tanstack/react-router';
import type { RequestId } from '#shared/primitives';
import type { LoggedRequest, RequestSummary } from '#shared/request';
import { StatusMark } from '../StatusBadge.tsx';
import { formatCount } from '../../lib/formatNumber.ts';
import { CopyMenu } from './CopyMenu.tsx';
import { MoreMenu } from './MoreMenu.tsx';
import type { RequestPlace } from './RequestDetail.tsx';
import { ValueMenu } from './ValueMenu.tsx';
import classes from './RequestDetail.module.css';

type DetailHeadProps = {
  id: RequestId;
  summary: RequestSummary | undefined;
  detail: LoggedRequest | undefined;
  place: RequestPlace | undefined;
  onStep: ((id: RequestId) => void) | undefined;
  /** Missing where there is nothing to close, as on a page of its own. */
  onClose: (() => void) | undefined;
  onDeleted: (() => void) | undefined;
};

/** What it is, where it stands, and what can be done with it, on one line. */
export function DetailHead({ id, summary, detail, place, onStep, onClose, onDeleted }: DetailHeadProps) {
  const step = (neighbour: RequestId | undefined) => neighbour && onStep && (() => onStep(neighbour));
  return (
    <header className={classes.head} role="presentation">
      <h2 className={classes.title}>
        {summary ? (
          <>
            <StatusMark request={summary} />
            {summary.name !== null && (
              <>
                <ValueMenu name="name" label="Name" value={summary.name} look="text" />
                <span className={classes.dot} aria-hidden>
                  ·
                </span>
              </>
            )}
            <ValueMenu name="model" label="Model" value={summary.model} look="text" />
          </>
        ) : (
          'Request'
        )}
      </h2>
      <div className={classes.actions}>
        {place && (
          <span className={classes.place}>
            {formatCount(place.position)}/{formatCount(place.of)}
          </span>
        )}
        {place && (
          <>
            <HeadButton label="Newer request (k)" Icon={ChevronUpIcon} onClick={step(place.newer)} />
            <HeadButton label="Older request (j)" Icon={ChevronDownIcon} onClick={step(place.older)} />
          </>
        )}
        {onClose && (
          <Tooltip label="Open as a page">
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              className={classes.enlarge}
              aria-label="Open as a page"
              renderRoot={(props) => <Link to="/requests/$requestId" params={{ requestId: id }} {...props} />}
            >
              <EnterFullScreenIcon />
            </ActionIcon>
          </Tooltip>
        )}
        <CopyMenu id={id} detail={detail} />
        <MoreMenu id={id} summary={summary} onDeleted={onDeleted} />
        {onClose && <HeadButton label="Close (Esc)" Icon={Cross2Icon} onClick={onClose} />}
      </div>
    </header>
  );
}

type HeadButtonProps = { label: string; Icon: typeof Cross2Icon; onClick: (() => void) | undefined };

function HeadButton({ label, Icon, onClick }: HeadButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={28}
        aria-label={label}
        disabled={!onClick}
        bg={onClick ? undefined : 'transparent'}
        onClick={onClick}
      >
        <Icon />
      </ActionIcon>
    </Tooltip>
  );
}
