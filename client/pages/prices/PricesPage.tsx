import { useState } from 'react';
import { Button, Skeleton, Stack } from '@mantine/core';
import { PlusIcon } from '@radix-ui/react-icons';
import type { CustomPrice, SeenModel } from '#shared/price';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { CustomPrices } from './CustomPrices.tsx';
import { ModelsTable } from './ModelsTable.tsx';
import { PriceModal } from './PriceModal.tsx';
import { emptyPrice, type PriceDraft, toDraft } from './priceDraft.ts';
import { RepricePanel } from './RepricePanel.tsx';

/** What models cost: those that were logged with where their price comes from, and the prices that the organization set. */
export default function PricesPage() {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const canManage = session.data?.api_key.scopes.includes('manage') ?? false;
  const models = trpc.prices.models.useQuery();
  const prices = trpc.prices.list.useQuery();
  const [draft, setDraft] = useState<PriceDraft | null>(null);
  const error = models.error ?? prices.error;
  const addFor = ({ provider, model }: SeenModel) => setDraft({ ...emptyPrice(), provider, model });
  const change = (price: CustomPrice) => setDraft(toDraft(price));
  return (
    <Page
      title="Prices"
      layout="wide"
      actions={
        canManage && (
          <Button leftSection={<PlusIcon />} onClick={() => setDraft(emptyPrice())}>
            Add price
          </Button>
        )
      }
    >
      <Stack gap="lg">
        {error && (
          <ErrorPanel
            title="The prices could not be loaded"
            message={errorMessage(error)}
            onRetry={() => void Promise.all([models.refetch(), prices.refetch()])}
          />
        )}
        {(models.isPending || prices.isPending) && !error && (
          <Skeleton h={180} role="status" aria-label="Loading prices" />
        )}
        {prices.data && (
          <CustomPrices
            prices={prices.data}
            models={models.data ?? []}
            onChange={canManage ? change : undefined}
            canManage={canManage}
          />
        )}
        {canManage && <RepricePanel />}
        {models.data && <ModelsTable models={models.data} onAdd={canManage ? addFor : undefined} />}
      </Stack>
      <PriceModal draft={draft} models={models.data ?? []} onClose={() => setDraft(null)} />
    </Page>
  );
}
