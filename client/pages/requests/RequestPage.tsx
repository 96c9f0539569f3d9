import { useNavigate, useParams } from '@tanstack/react-router';
import type { RequestId } from '#shared/primitives';
import { Page } from '../../components/Page.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { isRequestId } from '../../domain/pageSearch.ts';
import { NoRequest } from '../../domain/request/NoRequest.tsx';
import { RequestDetail } from '../../domain/request/RequestDetail.tsx';
import { useAddress } from '../../domain/useAddress.ts';
import classes from './RequestPage.module.css';

/** One request on a page of its own. */
export default function RequestPage() {
  const { requestId } = useParams({ from: '/requests/$requestId' });
  const navigate = useNavigate();
  const { search } = useAddress();
  return (
    <Page
      title={requestId}
      layout="fill"
      trail={
        <TextLink to="/requests" search={search}>
          Requests
        </TextLink>
      }
    >
      <div className={classes.page}>
        {isRequestId(requestId) ? (
          <RequestDetail
            id={requestId satisfies RequestId}
            onDeleted={() => void navigate({ to: '/requests', search })}
          />
        ) : (
          <NoRequest message="The address names no request: an id has 32 digits and letters in five groups." />
        )}
      </div>
    </Page>
  );
}
