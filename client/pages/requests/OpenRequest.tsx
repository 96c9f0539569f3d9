import { isDetailTab } from '../../domain/request/DetailTabs.tsx';
import { RequestDetail, type RequestDetailProps } from '../../domain/request/RequestDetail.tsx';
import { useSearchedWords } from '../../domain/request/useSearchedWords.ts';
import type { Address } from '../../domain/useAddress.ts';

type OpenRequestProps = Address & Pick<RequestDetailProps, 'id' | 'summary' | 'place' | 'onStep' | 'onClose'>;

/** The open request beside the list, with its tab in the address. Loaded with the first one that is opened. */
export default function OpenRequest({ search, change, ...request }: OpenRequestProps) {
  const words = useSearchedWords(search.q);
  return (
    <RequestDetail
      {...request}
      words={words}
      tab={isDetailTab(search.tab) ? search.tab : 'conversation'}
      onTab={(tab) => change({ tab: tab === 'conversation' ? undefined : tab }, 'replace')}
    />
  );
}
