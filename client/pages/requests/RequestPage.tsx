import { useNavigate, useParams } from '@tanstack/react-router';
import { Page } from '../../components/Page.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { isRequestId } from '../../domain/pageSearch.ts';
import { isDetailTab } from '../../domain/request/DetailTabs.tsx';
import { NoRequest } from '../../domain/request/NoRequest.tsx';
import { RequestDetail } from '../../domain/request/RequestDetail.tsx';
import { useSearchedWords } from '../../domain/request/useSearchedWords.ts';
import { useAddress } from '../../domain/useAddress.ts';

/** One request on a page of its own. */
export default function RequestPage() {
  const { requestId } = useParams({ from: '/requests/$requestId' });
  const { search, change } = useAddress();
  const navigate = useNavigate();
  const words = useSearchedWords(search.q);
  return (
    <Page
      title="Request"
      trail={
        <TextLink to="/requests" search={search} inherit>
          Requests
        </TextLink>
      }
      layout="fill"
    >
      {isRequestId(requestId) ? (
        <RequestDetail
          id={requestId}
          layout="page"
          words={words}
          tab={isDetailTab(search.tab) ? search.tab : 'conversation'}
          onTab={(tab) => change({ tab: tab === 'conversation' ? undefined : tab }, 'replace')}
          onDeleted={() => void navigate({ to: '/requests', search: true })}
        />
      ) : (
        <NoRequest message="The address names no request: an id has 32 digits and letters in five groups." />
      )}
    </Page>
  );
}
