import { useState, type FormEvent } from 'react';
import { Autocomplete, Button, Group, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { matchesPattern } from '#shared/modelPattern';
import type { SeenModel } from '#shared/price';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { formatCount, plural } from '../../lib/formatNumber.ts';
import { type PriceDraft, RATE_FIELDS, toInput, USUAL_RATES } from './priceDraft.ts';

type PriceModalProps = { draft: PriceDraft | null; models: readonly SeenModel[]; onClose: () => void };

/** A price is set or changed: which models, and what they cost. */
export function PriceModal({ draft, models, onClose }: PriceModalProps) {
  return (
    <Modal
      opened={draft !== null}
      onClose={onClose}
      size="lg"
      title={draft?.id ? 'Change price' : 'Add price'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {draft && <PriceForm key={draft.id ?? draft.model} initial={draft} models={models} onClose={onClose} />}
    </Modal>
  );
}

type PriceFormProps = { initial: PriceDraft; models: readonly SeenModel[]; onClose: () => void };

function PriceForm({ initial, models, onClose }: PriceFormProps) {
  const utils = trpc.useUtils();
  const [draft, setDraft] = useState(initial);
  const [problem, setProblem] = useState<string | null>(null);
  const hasUnusual = RATE_FIELDS.slice(USUAL_RATES).some(({ name }) => initial.rates[name] !== undefined);
  const [showsAll, setShowsAll] = useState(hasUnusual);
  const onSuccess = () => {
    void utils.prices.invalidate();
    onClose();
  };
  const create = trpc.prices.create.useMutation({ onSuccess });
  const save = trpc.prices.save.useMutation({ onSuccess });
  const set = (fields: Partial<PriceDraft>) => {
    setDraft({ ...draft, ...fields });
    setProblem(null);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const input = toInput(draft);
    if (typeof input === 'string') return setProblem(input);
    if (draft.id === null) create.mutate(input);
    else save.mutate({ id: draft.id, price: input });
  };
  const error = create.error ?? save.error;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
          <Autocomplete
            // Inside of the dialog: what lies beside it belongs to no part of the page.
            comboboxProps={{ withinPortal: false }}
            label="Model"
            description="A name, or a pattern with *"
            placeholder="my-llama-*"
            data={[...new Set(models.map(({ model }) => model))].slice(0, 200)}
            limit={8}
            maxLength={256}
            data-autofocus
            // The list would lie over the rest of the form before anything was typed.
            openOnFocus={false}
            value={draft.model}
            onChange={(model) => set({ model })}
          />
          <TextInput
            label="Provider"
            description="Empty: any"
            placeholder="vllm"
            maxLength={256}
            value={draft.provider}
            onChange={(event) => set({ provider: event.currentTarget.value })}
          />
        </SimpleGrid>
        <MatchingModels draft={draft} models={models} />
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="md">
          {RATE_FIELDS.slice(0, showsAll ? undefined : USUAL_RATES).map(({ name, label, per }) => (
            <TextInput
              key={name}
              label={label}
              description={`US dollars ${per === 'image' ? 'an' : 'a'} ${per}`}
              inputMode="decimal"
              leftSection="$"
              maxLength={24}
              value={draft.rates[name] ?? ''}
              onChange={(event) => set({ rates: { ...draft.rates, [name]: event.currentTarget.value } })}
            />
          ))}
        </SimpleGrid>
        {!showsAll && (
          <Button variant="subtle" size="xs" onClick={() => setShowsAll(true)} style={{ alignSelf: 'start' }}>
            More rates: cache writes, reasoning, audio, requests, images, seconds, searches
          </Button>
        )}
        {draft.tiers.length > 0 && (
          <Text fz="sm" c="dimmed">
            This price has {plural(draft.tiers.length, 'tier')} for long inputs, which stay as they are; the API changes
            them.
          </Text>
        )}
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="md">
          <TextInput
            label="Valid from"
            description="A day in UTC; empty: always"
            type="date"
            value={draft.valid_from}
            onChange={(event) => set({ valid_from: event.currentTarget.value })}
          />
          <TextInput
            label="Service tier"
            description="Empty: any"
            placeholder="flex"
            maxLength={256}
            value={draft.service_tier}
            onChange={(event) => set({ service_tier: event.currentTarget.value })}
          />
          <TextInput
            label="Note"
            description="For your colleagues"
            maxLength={200}
            value={draft.note}
            onChange={(event) => set({ note: event.currentTarget.value })}
          />
        </SimpleGrid>
        {problem !== null && <ErrorPanel title="The price is not complete" message={problem} />}
        {error && <ErrorPanel title="The price was not saved" message={errorMessage(error)} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending || save.isPending}>
            Save price
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Which of the models that were logged the pattern is of: tried while it is written. */
function MatchingModels({ draft, models }: { draft: PriceDraft; models: readonly SeenModel[] }) {
  const pattern = draft.model.trim();
  const provider = draft.provider.trim().toLowerCase();
  const found = models.filter(
    (one) => matchesPattern(pattern, one.model) && (provider === '' || one.provider.toLowerCase() === provider),
  );
  const requests = found.reduce((sum, one) => sum + one.requests, 0);
  if (pattern === '') return null;
  return (
    <Text fz="sm" c="dimmed" role="status">
      {found.length === 0
        ? 'None of the models that were logged has this name.'
        : `${plural(found.length, 'model')} that ${found.length === 1 ? 'was' : 'were'} logged, ${formatCount(requests)} requests: ${found
            .slice(0, 6)
            .map(({ model }) => model)
            .join(', ')}${found.length > 6 ? ' …' : ''}`}
    </Text>
  );
}
