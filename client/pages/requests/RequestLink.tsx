import { VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { RequestSummary } from '#shared/request';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import classes from './RequestLink.module.css';

/** The way into a request by keyboard, and into a new tab by middle click; the row opens it too. */
export function RequestLink({ request }: { request: RequestSummary }) {
  return (
    <Link
      from="/requests"
      to="."
      search={(before) => ({ ...before, id: request.id })}
      className={classes.link}
      preload={false}
    >
      <RelativeTime instant={request.started_at} />
      <VisuallyHidden>
        , request to {request.model}, {request.status}
      </VisuallyHidden>
    </Link>
  );
}
