import { useNavigate, useParams } from '@tanstack/react-router';
import { RequestId } from '#shared/primitives';
import { RequestDetail } from '../../domain/request/RequestDetail.tsx';
import { NoRequest } from '../../domain/request/NoRequest.tsx';
import classes from './RequestPage.module.css';

/** One request on a page of its own. */
export default function RequestPage() {
  const { requestId } = useParams({ from: '/requests/$requestId' });
  const navigate = useNavigate();
  const id = RequestId.safeParse(requestId);
  return (
    <div className={classes.page}>
      {id.success ? (
        <RequestDetail id={id.data} onDeleted={() => void navigate({ to: '/requests' })} />
      ) : (
        <NoRequest message="The address names no request: an id has 32 digits and letters in five groups." />
      )}
    </div>
  );
}
