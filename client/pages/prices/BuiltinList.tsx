import { useState } from 'react';
import { Button, Skeleton, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { MagnifyingGlassIcon } from '@radix-ui/react-icons';
import type { BuiltinPrice } from '#shared/price';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { formatCount, plural } from '../../lib/formatNumber.ts';
import { formatDate } from '../../lib/time.ts';
import { BuiltinRates } from './BuiltinRates.tsx';
import classes from './PricesPage.module.css';
import table from '../../components/PlainTable.module.css';

const TYPING_MS = 200;

type BuiltinListProps = { onOverride: ((price: BuiltinPrice) => void) | undefined };

/** The list that comes with PromptLab, to be searched: the prices that count where the organization has none of its own. */
export function BuiltinList({ onOverride }: BuiltinListProps) {
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), TYPING_MS);
  const { data, error, refetch } = trpc.prices.builtin.useQuery(asked === '' ? {} : { search: asked }, {
    placeholderData: (previous) => previous,
  });
  return (
    <section className={classes.section} aria-labelledby="builtin-prices">
      <Title order={2} id="builtin-prices" className={classes.title}>
        Built-in prices
      </Title>
      <Text fz="sm" c="dimmed" className={classes.about}>
        {data && `${data.version}, published on ${formatDate(data.published, 'UTC')}. `}
        They count where you set no price. Rates of tokens are for a million; dates and versions of a model have the
        price of its row.
      </Text>
      <TextInput
        type="search"
        aria-label="Search the built-in prices"
        placeholder="openai gpt-5"
        leftSection={<MagnifyingGlassIcon />}
        maw={320}
        mb="xs"
        maxLength={200}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {error && (
        <ErrorPanel
          title="The built-in prices could not be loaded"
          message={errorMessage(error)}
          onRetry={() => void refetch()}
        />
      )}
      {!data && !error && <Skeleton h={120} role="status" aria-label="Loading built-in prices" />}
      {data && (
        <>
          <Text fz="sm" c="dimmed" role="status" mb={4}>
            {data.total === data.prices.length
              ? plural(data.total, 'model')
              : `${formatCount(data.prices.length)} of ${plural(data.total, 'model')}: say more to see the others`}
          </Text>
          {data.prices.length > 0 && <Rows prices={data.prices} onOverride={onOverride} />}
        </>
      )}
    </section>
  );
}

type RowsProps = BuiltinListProps & { prices: readonly BuiltinPrice[] };

function Rows({ prices, onOverride }: RowsProps) {
  return (
    <div className={table.scroll}>
      <table className={table.table} aria-labelledby="builtin-prices">
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Provider</th>
            <th scope="col">Rates</th>
            {onOverride && <th scope="col">Actions</th>}
          </tr>
        </thead>
        <tbody>
          {prices.map((price) => (
            <tr key={`${price.provider}/${price.model}`}>
              <th scope="row">{price.model}</th>
              <td>{price.provider}</td>
              <td className={classes.rates}>
                <BuiltinRates price={price} />
              </td>
              {onOverride && (
                <td data-number>
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-label={`Override ${price.provider}/${price.model}`}
                    onClick={() => onOverride(price)}
                  >
                    Override
                  </Button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
