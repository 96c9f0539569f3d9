import { useState } from 'react';
import { Button, Skeleton, Stack } from '@mantine/core';
import { PlusIcon } from '@radix-ui/react-icons';
import type { BuiltinPrice, CustomPrice, SeenModel } from '#shared/price';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { BuiltinList } from './BuiltinList.tsx';
import { CustomPrices } from './CustomPrices.tsx';
import { ModelsTable } from './ModelsTable.tsx';
import { PriceModal } from './PriceModal.tsx';
import { draftOf, emptyPrice, type PriceDraft, toDraft } from './priceDraft.ts';
import { RepricePanel } from './RepricePanel.tsx';

/** What models cost: the prices that the organization set, the models that were logged with theirs, and the built-in list. */
export default function PricesPage() {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const canManage = session.data?.api_key.scopes.includes('manage') ?? false;
  const models = trpc.prices.models.useQuery();
  const prices = trpc.prices.list.useQuery();
  const [draft, setDraft] = useState<PriceDraft | null>(null);
  const error = models.error ?? prices.error;
  const addFor = (model: SeenModel) => setDraft(draftOf(model, model.builtin));
  const override = (price: BuiltinPrice) => setDraft(draftOf(price, price));
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
        <BuiltinList onOverride={canManage ? override : undefined} />
      </Stack>
      <PriceModal draft={draft} models={models.data ?? []} onClose={() => setDraft(null)} />
    </Page>
  );
}
