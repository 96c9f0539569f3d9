/** A price while it is written: every field a text, as fields of a form are. Pure. */
import type { CustomPrice, RateName, SavePriceInput } from '#shared/price';

export interface PriceDraft {
  /** Null: a new price. */
  readonly id: CustomPrice['id'] | null;
  readonly model: string;
  readonly provider: string;
  readonly service_tier: string;
  readonly rates: Readonly<Partial<Record<RateName, string>>>;
  /** Kept as they are: tiers are written by the API. */
  readonly tiers: CustomPrice['tiers'];
  /** A day, as `2026-11-01`; empty: always. */
  readonly valid_from: string;
  readonly note: string;
}

/** What can have a price, in the order of the form, with what it is for. */
export const RATE_FIELDS: readonly { readonly name: RateName; readonly label: string; readonly per: string }[] = [
  { name: 'input', label: 'Input', per: 'million tokens' },
  { name: 'output', label: 'Output', per: 'million tokens' },
  { name: 'cached_input', label: 'Cached input', per: 'million tokens' },
  { name: 'cache_write', label: 'Cache writes', per: 'million tokens' },
  { name: 'reasoning', label: 'Reasoning', per: 'million tokens' },
  { name: 'audio_input', label: 'Audio input', per: 'million tokens' },
  { name: 'audio_output', label: 'Audio output', per: 'million tokens' },
  { name: 'request', label: 'Request', per: 'request' },
  { name: 'web_search', label: 'Web searches', per: 'thousand' },
  { name: 'file_search', label: 'File searches', per: 'thousand' },
];
/** Those that most prices have; the others are behind a button. */
export const USUAL_RATES = 3;

export function emptyPrice(): PriceDraft {
  return { id: null, model: '', provider: '', service_tier: '', rates: {}, tiers: [], valid_from: '', note: '' };
}

export function toDraft(price: CustomPrice): PriceDraft {
  return {
    ...price,
    provider: price.provider ?? '',
    service_tier: price.service_tier ?? '',
    valid_from: price.valid_from?.slice(0, 10) ?? '',
    note: price.note ?? '',
  };
}

/** What the server is told; or the sentence that says what is missing. */
export function toInput(draft: PriceDraft): SavePriceInput | string {
  const model = draft.model.trim();
  if (model === '') return 'Name a model, or a pattern such as my-llama-*.';
  const rates = {} as Partial<Record<RateName, string>>;
  for (const { name, label } of RATE_FIELDS) {
    const dollars = (draft.rates[name] ?? '').trim().replace(/^\$/, '').replace(',', '.');
    if (dollars === '') continue;
    if (!/^\d{1,6}(\.\d{1,12})?$/.test(dollars)) return `${label} must be a number of US dollars, such as 2.50.`;
    rates[name] = dollars;
  }
  if (Object.keys(rates).length === 0) return 'Give at least one rate; 0 for what costs nothing.';
  const valid_from = draft.valid_from === '' ? null : `${draft.valid_from}T00:00:00Z`;
  if (valid_from !== null && Number.isNaN(Date.parse(valid_from))) return 'The day must be one, such as 2026-11-01.';
  return {
    model,
    provider: draft.provider.trim() || null,
    service_tier: draft.service_tier.trim() || null,
    rates,
    tiers: draft.tiers,
    valid_from,
    note: draft.note.trim() || null,
  };
}

/** `$2.50 in · $10 out`, and what else it has. */
export function describeRates(rates: CustomPrice['rates']): string {
  const given = RATE_FIELDS.flatMap(({ name, label, per }) => {
    const dollars = rates[name];
    if (dollars === undefined) return [];
    const unit = per === 'million tokens' ? '' : `/${per}`;
    return [per === 'request' ? `$${dollars} a request` : `$${dollars}${unit} ${label.toLowerCase()}`];
  });
  return given.join(' · ');
}
