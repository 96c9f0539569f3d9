/** The prices that an organization sets itself, and how the cost of a request is explained. */
import { z } from 'zod';
import { DisplayName, Identifier, Instant, strictInput } from './primitives.ts';
import { CostSource, CostStatus, RequestFilters } from './request.ts';

export const PriceId = z
  .uuid({ error: 'must be a UUID, such as "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"' })
  .transform((value) => value.toLowerCase())
  .brand<'PriceId'>();
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
    quantity: z.int(),
    per: z.int().describe('What the rate is for: 1, 1,000 or 1,000,000 of them.'),
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
          valid_from: Instant.nullable(),
        }),
      })
      .nullable()
      .describe('By the prices of today. Null where the cost was given, or is unknown.'),
    missing: z.string().nullable().describe('Why the cost, or what it is made of, is not known, in one sentence.'),
  })
  .meta({ id: 'CostExplanation', description: 'How the cost of a request comes about.' });
export type CostExplanation = z.infer<typeof CostExplanation>;

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
