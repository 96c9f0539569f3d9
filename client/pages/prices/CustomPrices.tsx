import { useState } from 'react';
import { ActionIcon, Group, Text, Title } from '@mantine/core';
import { Pencil1Icon, TrashIcon } from '@radix-ui/react-icons';
import { matchesPattern } from '#shared/modelPattern';
import type { CustomPrice, SeenModel } from '#shared/price';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { ConfirmModal } from '../../components/ConfirmModal.tsx';
import { formatCount } from '../../lib/formatNumber.ts';
import { formatDate } from '../../lib/time.ts';
import { describeRates } from './priceDraft.ts';
import classes from './PricesPage.module.css';
import table from '../../components/PlainTable.module.css';

type CustomPricesProps = {
  prices: readonly CustomPrice[];
  models: readonly SeenModel[];
  canManage: boolean;
  onChange: ((price: CustomPrice) => void) | undefined;
};

/** The prices that the organization set. They count before the built-in list. */
export function CustomPrices({ prices, models, canManage, onChange }: CustomPricesProps) {
  const utils = trpc.useUtils();
  const [deleting, setDeleting] = useState<CustomPrice | null>(null);
  const remove = trpc.prices.delete.useMutation({
    onSuccess: () => {
      void utils.prices.invalidate();
      setDeleting(null);
    },
  });
  return (
    <section className={classes.section} aria-labelledby="own-prices">
      <Title order={2} id="own-prices" className={classes.title}>
        Your prices
      </Title>
      <Text fz="sm" c="dimmed" className={classes.about}>
        {prices.length === 0
          ? 'None yet. A price that you set counts before the built-in list: for models that you run yourself, for a contract of your own, or for one that is newer than this release.'
          : 'They count before the built-in list, for what is logged from now on. Rates of tokens are for a million.'}
      </Text>
      {prices.length > 0 && (
        <div className={table.scroll}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Provider</th>
                <th scope="col">Rates</th>
                <th scope="col">Valid from</th>
                <th scope="col" data-number>
                  Requests
                </th>
                <th scope="col">Note</th>
                {canManage && <th scope="col">Actions</th>}
              </tr>
            </thead>
            <tbody>
              {prices.map((price) => (
                <tr key={price.id}>
                  <th scope="row">{price.model}</th>
                  <td>{[price.provider ?? 'any', price.service_tier].filter(Boolean).join(', ')}</td>
                  <td>
                    {describeRates(price.rates)}
                    {price.tiers.map(({ above_input_tokens, rates }) => (
                      <div key={above_input_tokens}>
                        above {formatCount(above_input_tokens)}: {describeRates(rates)}
                      </div>
                    ))}
                  </td>
                  <td>{price.valid_from === null ? 'always' : formatDate(price.valid_from)}</td>
                  <td data-number>{formatCount(countRequests(price, models))}</td>
                  <td dir="auto">{price.note}</td>
                  {canManage && (
                    <td>
                      <Group gap={4} wrap="nowrap" justify="end">
                        <ActionIcon
                          variant="subtle"
                          color="gray"
                          aria-label={`Change the price of ${price.model}`}
                          onClick={() => onChange?.(price)}
                        >
                          <Pencil1Icon />
                        </ActionIcon>
                        <ActionIcon
                          variant="subtle"
                          color="gray"
                          aria-label={`Delete the price of ${price.model}`}
                          onClick={() => setDeleting(price)}
                        >
                          <TrashIcon />
                        </ActionIcon>
                      </Group>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <ConfirmModal
        isOpen={deleting !== null}
        title="Delete this price?"
        confirmLabel="Delete price"
        isBusy={remove.isPending}
        onConfirm={() => deleting && remove.mutate({ id: deleting.id })}
        onCancel={() => setDeleting(null)}
      >
        <Text fz="sm">
          What is logged from now on is priced by the built-in list. Requests that were priced by {deleting?.model} keep
          their cost until you price them again.
        </Text>
        {remove.error && <ErrorPanel title="The price was not deleted" message={errorMessage(remove.error)} />}
      </ConfirmModal>
    </section>
  );
}

function countRequests({ model, provider }: CustomPrice, models: readonly SeenModel[]): number {
  return models
    .filter((one) => matchesPattern(model, one.model))
    .filter((one) => provider === null || provider.toLowerCase() === one.provider.toLowerCase())
    .reduce((sum, one) => sum + one.requests, 0);
}
