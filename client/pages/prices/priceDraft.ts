/** A price while it is written: every field a text, as fields of a form are. Pure. */
import type { BuiltinPrice, BuiltinRates, CustomPrice, RateName, SavePriceInput } from '#shared/price';

/** A price as it is typed: each field is a text, and empty where nothing is given. */
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

type Unit = 'million tokens' | 'request' | 'image' | 'second' | 'hour of audio' | 'thousand';

/** What can have a price, in the order of the form, with what it is for. */
export const RATE_FIELDS: readonly { readonly name: RateName; readonly label: string; readonly per: Unit }[] = [
  { name: 'input', label: 'Input', per: 'million tokens' },
  { name: 'output', label: 'Output', per: 'million tokens' },
  { name: 'cached_input', label: 'Cached input', per: 'million tokens' },
  { name: 'cache_write', label: 'Cache writes', per: 'million tokens' },
  { name: 'reasoning', label: 'Reasoning', per: 'million tokens' },
  { name: 'audio_input', label: 'Audio input', per: 'million tokens' },
  { name: 'audio_output', label: 'Audio output', per: 'million tokens' },
  { name: 'request', label: 'Request', per: 'request' },
  { name: 'image', label: 'Image made', per: 'image' },
  { name: 'second', label: 'Audio or video', per: 'second' },
  { name: 'web_search', label: 'Web searches', per: 'thousand' },
  { name: 'file_search', label: 'File searches', per: 'thousand' },
];
/** Kinds of the built-in list that a custom price has no rate of its own for. */
const BUILTIN_LABELS: Readonly<Record<Exclude<keyof BuiltinRates, RateName | 'audio_hour'>, string>> = {
  cache_write_1h: 'cache writes of an hour',
  cached_audio_input: 'cached audio input',
  image_input: 'image input',
  cached_image_input: 'cached image input',
  image_output: 'image output',
  video_input: 'video input',
};
/** Those that most prices have; the others are behind a button. */
export const USUAL_RATES = 3;

/** The form of a new price. */
export function emptyPrice(): PriceDraft {
  return { id: null, model: '', provider: '', service_tier: '', rates: {}, tiers: [], valid_from: '', note: '' };
}

/** The form of a price that is changed. */
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

/** A price to set in place of a row of the built-in list: what it has and a custom price has, to be changed. */
export function draftOf(model: { provider: string; model: string }, builtin: BuiltinPrice | null): PriceDraft {
  const own = new Set<string>(RATE_FIELDS.map(({ name }) => name));
  const keep = (rates: BuiltinRates) => Object.fromEntries(Object.entries(rates).filter(([name]) => own.has(name)));
  return {
    ...emptyPrice(),
    provider: model.provider,
    model: model.model,
    rates: builtin === null ? {} : keep(builtin.rates),
    tiers: (builtin?.tiers ?? [])
      .map((tier) => ({ ...tier, rates: keep(tier.rates) }))
      .filter((tier) => Object.keys(tier.rates).length > 0),
  };
}

/** `$2.50 input · $10 output · $0.04 an image`. */
export function describeRates(rates: CustomPrice['rates'] | BuiltinRates): string {
  const given: Readonly<Record<string, string | undefined>> = rates;
  const own = RATE_FIELDS.map(({ name, label, per }) => describeRate(given[name], label.toLowerCase(), per));
  const others = Object.entries(BUILTIN_LABELS).map(([name, label]) =>
    describeRate(given[name], label, 'million tokens'),
  );
  const hour = describeRate(given.audio_hour, 'audio', 'hour of audio');
  return [...own, ...others, hour].filter((words) => words !== null).join(' · ');
}

function describeRate(dollars: string | undefined, label: string, per: Unit): string | null {
  if (dollars === undefined) return null;
  const price = `$${withCents(dollars)}`;
  if (per === 'million tokens') return `${price} ${label}`;
  if (per === 'thousand') return `${price} per 1,000 ${label}`;
  return `${price} ${per === 'image' || per === 'hour of audio' ? 'an' : 'a'} ${per}`;
}

/** `2.5` → `2.50`, as prices are written; whole dollars and finer ones stay as they are. */
function withCents(dollars: string): string {
  return /\.\d$/.test(dollars) ? `${dollars}0` : dollars;
}
