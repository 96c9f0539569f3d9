/** The prices that an organization sets itself, and how the cost of a request is explained. */
import { z } from 'zod';
import { DisplayName, Identifier, Instant, strictInput, uuid } from './primitives.ts';
import { CostSource, CostStatus, RequestFilters } from './request.ts';

export const PriceId = uuid().brand<'PriceId'>();
export type PriceId = z.infer<typeof PriceId>;

/** Bounds of the prices of one organization. */
export const PRICE_LIMITS = { prices: 200, tiers: 4, globs: 4 } as const;

/** US dollars. A JSON number is taken as it is written, so that no float is between the caller and the price. */
const Dollars = z
  .union([z.string(), z.number().transform((dollars) => (dollars < 1e-6 ? dollars.toFixed(12) : String(dollars)))])
  .pipe(z.string().regex(/^\d{1,6}(\.\d{1,12})?$/, 'must be a decimal number of US dollars, such as "2.50"'));

const rate = (what: string) => Dollars.optional().describe(what);

/** What can have a price. What has none is billed as the kind that it is part of. */
const RATES = {
  input: rate('For a million input tokens.'),
  cached_input: rate('For a million input tokens read from a cache; else as `input`.'),
  cache_write: rate('For a million input tokens written to a cache; else as `input`.'),
  audio_input: rate('For a million input tokens of audio; else as `input`.'),
  output: rate('For a million output tokens.'),
  reasoning: rate('For a million reasoning tokens; else as `output`.'),
  audio_output: rate('For a million output tokens of audio; else as `output`.'),
  request: rate('For each request.'),
  image: rate('For each image that was made; a request that does not say how many has an unknown cost.'),
  second: rate('For each second of audio or video; a request that does not say how many has an unknown cost.'),
  web_search: rate('For a thousand web searches; without it the cost of a request that searched is unknown.'),
  file_search: rate('For a thousand file searches; without it the cost of a request that searched is unknown.'),
} as const;
export type RateName = keyof typeof RATES;

export const PriceRates = strictInput(RATES)
  .refine((rates) => Object.values(rates).some((given) => given !== undefined), 'must have at least one rate')
  .meta({ id: 'PriceRates', description: 'US dollars as decimal strings.' });
export type PriceRates = z.infer<typeof PriceRates>;

/** A model, or `*` for any text in its name. Few of them: a name is compared with each price. */
const ModelPattern = Identifier.refine(
  (pattern) => pattern.split('*').length - 1 <= PRICE_LIMITS.globs,
  `must hold at most ${PRICE_LIMITS.globs} \`*\``,
);

const PRICE = {
  model: ModelPattern.describe(
    'A model, or a pattern such as `my-llama-*`. The answered model is compared, then the one asked for.',
  ),
  provider: Identifier.nullable().default(null).describe('Only this provider; null: any.'),
  service_tier: Identifier.nullable().default(null).describe('Only this service tier; null: any.'),
  rates: PriceRates,
  tiers: z
    .array(strictInput({ above_input_tokens: z.int().min(1).max(1e9), rates: PriceRates }))
    .max(PRICE_LIMITS.tiers, `must be at most ${PRICE_LIMITS.tiers} tiers`)
    .default([])
    .describe(
      'Rates of requests with more input tokens than that; the highest that applies counts, in place of `rates`.',
    ),
  valid_from: Instant.nullable().default(null).describe('For requests that started then or later; null: for all.'),
  note: DisplayName.nullable().default(null),
} as const;

export const SavePriceInput = strictInput(PRICE).meta({ id: 'SavePriceInput' });
export type SavePriceInput = z.output<typeof SavePriceInput>;

export const CustomPrice = z
  .object({
    id: PriceId,
    version: z.int().describe('Counts up each time that it is changed.'),
    model: z.string(),
    provider: z.string().nullable(),
    service_tier: z.string().nullable(),
    rates: PriceRates,
    tiers: z.array(z.object({ above_input_tokens: z.int(), rates: PriceRates })),
    valid_from: Instant.nullable(),
    note: z.string().nullable(),
    created_at: Instant.describe('When this version was saved.'),
  })
  .meta({ id: 'CustomPrice', description: 'A price that an organization set. It counts before the built-in list.' });
export type CustomPrice = z.infer<typeof CustomPrice>;

/** One line of a cost: `quantity × rate ÷ per = amount_usd`. */
export const CostLine = z
  .object({
    what: z.string().describe('Such as `input`, `cached input`, `output`, `web searches`.'),
    quantity: z.number().describe('Whole, but for seconds, which have up to three decimals.'),
    per: z.int().describe('What the rate is for: 1, 1,000 or 1,000,000 of them; 3,600 seconds.'),
    rate_usd: z.string(),
    amount_usd: z.string(),
  })
  .meta({ id: 'CostLine' });
export type CostLine = z.infer<typeof CostLine>;

export const CostExplanation = z
  .object({
    cost_usd: z.string().nullable().describe('As it is stored.'),
    cost_source: CostSource.nullable(),
    cost_status: CostStatus,
    price_version: z.string().nullable(),
    computed: z
      .object({
        lines: z.array(CostLine),
        share: z.string().nullable().describe('What the service tier makes of the token prices, such as `1/2`.'),
        total_usd: z.string(),
        is_stored: z.boolean().describe('False where prices have changed since the request was logged.'),
        price: z.object({
          source: z.enum(['custom', 'builtin']),
          provider: z.string().nullable(),
          model: z.string().describe('The row of the list, or the pattern of the custom price.'),
          version: z.string().describe('Such as `genai-prices@0.1.8`, or `<id>@2` of a custom price.'),
          dated: z.iso
            .date()
            .describe('The day of that version: on which the list was published, or the custom price saved.'),
          valid_from: Instant.nullable().describe('Null: since ever, as far as is known.'),
          source_url: z.string().nullable().describe('Where the provider lists the price; null for a custom one.'),
        }),
      })
      .nullable()
      .describe('By the prices of today. Null where the cost was given, or is unknown.'),
    missing: z.string().nullable().describe('Why the cost, or what it is made of, is not known, in one sentence.'),
  })
  .meta({ id: 'CostExplanation', description: 'How the cost of a request comes about.' });
export type CostExplanation = z.infer<typeof CostExplanation>;

const builtinRate = z.string().optional();

/** Token prices are for a million, as those of a custom price; the last kinds have no rate of their own there. */
const BuiltinRates = z
  .object({
    input: builtinRate,
    cached_input: builtinRate,
    cache_write: builtinRate,
    audio_input: builtinRate,
    output: builtinRate,
    audio_output: builtinRate,
    request: builtinRate,
    web_search: builtinRate,
    file_search: builtinRate,
    cache_write_1h: builtinRate.describe('Of what is kept in the cache for an hour.'),
    cached_audio_input: builtinRate,
    image_input: builtinRate,
    cached_image_input: builtinRate,
    image_output: builtinRate,
    video_input: builtinRate,
    audio_hour: builtinRate.describe('For an hour of audio that was heard.'),
  })
  .meta({ id: 'BuiltinRates', description: 'US dollars as decimal strings; what is missing has no price.' });
export type BuiltinRates = z.infer<typeof BuiltinRates>;

/** A row of the list that comes with PromptLab, as it holds now. */
export const BuiltinPrice = z
  .object({
    provider: z.string().describe('As the list names it, such as `x-ai`.'),
    provider_name: z.string(),
    model: z.string().describe('As the list names it; dates and versions of it have the same price.'),
    rates: BuiltinRates,
    tiers: z.array(z.object({ above_input_tokens: z.int(), rates: BuiltinRates })),
    valid_from: z.iso.date().nullable().describe('Null where the list knows no other price of before.'),
    source_url: z.string().nullable().describe('Where the provider lists its prices.'),
  })
  .meta({ id: 'BuiltinPrice' });
export type BuiltinPrice = z.infer<typeof BuiltinPrice>;

/** Which rows of the built-in list are asked for. */
export const BUILTIN_SEARCH = {
  search: z.string().max(200, 'must be at most 200 characters').optional(),
  most: 200,
  usual: 50,
} as const;

export const BuiltinPriceList = z
  .object({
    version: z.string().describe('The list that counts now, such as `genai-prices@0.1.8`.'),
    published: z.iso.date().describe('The day on which that version was published.'),
    outdated_version: z
      .string()
      .nullable()
      .describe(
        'Where stored requests were priced by an older list, and not all of them again since: that list. Pricing them again may change their cost, and a dry run says by how much. Else null.',
      ),
    total: z.int().describe('Rows of the list that match, of which `prices` are the first.'),
    prices: z.array(BuiltinPrice),
  })
  .meta({ id: 'BuiltinPriceList', description: 'The prices that come with PromptLab, as far as they are used.' });
export type BuiltinPriceList = z.infer<typeof BuiltinPriceList>;

/** A model that was logged, with what its requests cost. */
export const SeenModel = z
  .object({
    provider: z.string(),
    model: z.string(),
    requests: z.int(),
    unpriced_requests: z.int(),
    tokens: z.int(),
    cost_usd: z.string(),
    last_seen: Instant.describe('To the hour.'),
    price: z
      .enum(['custom', 'builtin'])
      .nullable()
      .describe('Where a request of now would get its price; null: nowhere.'),
    price_model: z.string().nullable(),
    custom: CustomPrice.nullable().describe('The price of the organization that holds for it now.'),
    builtin: BuiltinPrice.nullable().describe(
      'Its row in the built-in list, whether that counts or a price before it.',
    ),
  })
  .meta({ id: 'SeenModel' });
export type SeenModel = z.infer<typeof SeenModel>;

/** Which requests are priced again. */
export const RepriceInput = strictInput({
  filters: RequestFilters.default({}).describe('Which requests; none: all of the organization.'),
  dry_run: z.boolean().default(true).describe('True: only say what would change.'),
}).meta({ id: 'RepriceInput' });
export type RepriceInput = z.output<typeof RepriceInput>;

const REPRICED = {
  changed: z.int().describe('Requests whose cost is another one.'),
  before_usd: z.string().describe('What they cost before, as far as it was known.'),
  after_usd: z.string(),
} as const;

/** What pricing again changed, or would change: the `result` of the job. */
export const RepriceResult = z
  .object({
    ...REPRICED,
    newly_priced: z.int().describe('Of them, those whose cost was not known.'),
    newly_unknown: z.int().describe('Of them, those whose cost is not known any more.'),
    models: z.array(z.object({ provider: z.string(), model: z.string(), ...REPRICED })),
  })
  .meta({ id: 'RepriceResult' });
export type RepriceResult = z.infer<typeof RepriceResult>;
