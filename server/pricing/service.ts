import type { Deleted } from '#shared/apiKey';
import {
  type BuiltinPriceList,
  type CostExplanation,
  type CustomPrice,
  PRICE_LIMITS,
  PriceId,
  type RepriceInput,
  type SavePriceInput,
  type SeenModel,
} from '#shared/price';
import type { Job } from '#shared/job';
import type { JsonObject, RequestId } from '#shared/primitives';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { Parameters } from '#server/db/sql';
import { AppError } from '#server/errors';
import { createJob } from '#server/jobs/service';
import { whereFilters } from '#server/requests/filters';
import { requireCurrentRollups } from '#server/rollups/service';
import { findBuiltinPrice, findBuiltinPrices } from './builtinPrices.ts';
import { sumOf, toCostLine } from './charges.ts';
import { type Missing, priceCall } from './cost.ts';
import { type CustomPrices, findCustomPrice } from './customPrices.ts';
import { PRICE_LIST_DATE, PRICE_LIST_VERSION } from './priceList.ts';
import {
  endPrice,
  findOutdatedList,
  findStoredCost,
  insertPrice,
  listPriceRows,
  type ModelSums,
  type PricedRow,
  readPricedRows,
  replacePrice,
  sumModels,
} from './repository.ts';
import { formatAttodollars } from './usd.ts';

/** The prices that count, oldest first. */
export function listPrices(deps: Deps, scope: OrgScope): Promise<CustomPrice[]> {
  return listPriceRows(deps.reads.of(scope), scope);
}

/**
 * Sets a price for what is logged from now on; what is stored keeps its cost until it is priced again.
 * @throws {AppError} `conflict` where the organization has as many as it may.
 */
export async function createPrice(deps: Deps, scope: OrgScope, input: SavePriceInput): Promise<CustomPrice> {
  const now = deps.clock();
  const price = await insertPrice(deps.changes.of(scope), scope, {
    ...input,
    id: PriceId.parse(deps.newId(now.getTime())),
    now,
  });
  if (!price) {
    throw new AppError(
      'conflict',
      `An organization may have ${PRICE_LIMITS.prices} prices: delete one, or use a pattern such as \`gpt-*\`.`,
    );
  }
  deps.prices.forget(scope);
  return price;
}

/** Replaces a price by a new version of it. @throws {AppError} `not_found`, also for one of another organization. */
export async function savePrice(deps: Deps, scope: OrgScope, id: PriceId, input: SavePriceInput): Promise<CustomPrice> {
  const price = await replacePrice(deps.changes.of(scope), scope, { ...input, id, now: deps.clock() });
  if (!price) throw priceNotFound(id);
  deps.prices.forget(scope);
  return price;
}

/** @throws {AppError} `not_found`, also for one of another organization. */
export async function deletePrice(deps: Deps, scope: OrgScope, id: PriceId): Promise<Deleted> {
  if ((await endPrice(deps.changes.of(scope), scope, { id, now: deps.clock() })) === 0) throw priceNotFound(id);
  deps.prices.forget(scope);
  return { success: true };
}

function priceNotFound(id: PriceId): AppError {
  return new AppError('not_found', `There is no price ${id} in this organization.`);
}

/** The rows of the built-in list that a search finds, and whether stored requests were priced by an older list. */
export async function searchBuiltinPrices(
  deps: Deps,
  scope: OrgScope,
  { search, limit }: { search?: string | undefined; limit: number },
): Promise<BuiltinPriceList> {
  const prices = findBuiltinPrices(search, deps.clock());
  return {
    version: PRICE_LIST_VERSION,
    published: PRICE_LIST_DATE,
    outdated_version: await findOutdatedList(deps.reads.of(scope), scope, PRICE_LIST_VERSION),
    total: prices.length,
    prices: prices.slice(0, limit),
  };
}

/** The models that were logged, the most used first, each with where a request of now would get its price. */
export async function listSeenModels(deps: Deps, scope: OrgScope): Promise<SeenModel[]> {
  await requireCurrentRollups(deps, scope);
  const [models, own] = await Promise.all([sumModels(deps.reads.of(scope), scope), deps.prices.of(scope)]);
  const now = deps.clock();
  return models.map((model) => ({ ...model, ...findSource(model, { own, now }) }));
}

function findSource(
  { provider, model }: ModelSums,
  { own, now }: { own: CustomPrices; now: Date },
): Pick<SeenModel, 'price' | 'price_model' | 'custom' | 'builtin'> {
  const custom = findCustomPrice(own, { provider, model, messages: [] }, now);
  const builtin = findBuiltinPrice(provider, model, now);
  if (custom !== null) return { price: 'custom', price_model: custom.model, custom, builtin };
  return builtin === null
    ? { price: null, price_model: null, custom, builtin }
    : { price: 'builtin', price_model: `${builtin.provider}/${builtin.model}`, custom, builtin };
}

/** Stored requests as far as their cost depends on them, in any order; the caller bounds how large they are. */
export function readPricedCalls(
  deps: Pick<Deps, 'reads'>,
  scope: OrgScope,
  ids: readonly string[],
): Promise<PricedRow[]> {
  return readPricedRows(deps.reads.of(scope), scope, ids);
}

/** A larger request is not read for its cost alone: it would hold up those beside it. */
const MOST_EXPLAINED_BYTES = 1_000_000;
const TOO_LARGE = 'The request is too large to be read for its cost alone.';

/**
 * How the cost of a stored request comes about, by the prices of today.
 * @throws {AppError} `not_found`, also for a request of another organization.
 */
export async function explainCost(deps: Deps, scope: OrgScope, id: RequestId): Promise<CostExplanation> {
  const found = await findStoredCost(deps.reads.of(scope), scope, id);
  if (!found) throw new AppError('not_found', `There is no request ${id} in this organization.`);
  const { payload_bytes, ...stored } = found;
  if (stored.cost_source === 'provided') return { ...stored, computed: null, missing: null };
  if (payload_bytes > MOST_EXPLAINED_BYTES) return { ...stored, computed: null, missing: TOO_LARGE };
  const [request] = await readPricedRows(deps.reads.of(scope), scope, [id]);
  if (!request) throw new AppError('not_found', `There is no request ${id} in this organization.`);
  const own = await deps.prices.of(scope);
  const outcome = priceCall({ ...request, cost_usd: null }, new Date(request.started_at), own);
  if (typeof outcome === 'string') return { ...stored, computed: null, missing: MISSING[outcome] };
  const { tokens, fees, share, price } = outcome;
  const total_usd = formatAttodollars(sumOf(outcome));
  return {
    ...stored,
    computed: {
      lines: [...tokens, ...fees].map(toCostLine),
      share: share.of === share.in ? null : `${share.of}/${share.in}`,
      total_usd,
      is_stored: total_usd === stored.cost_usd,
      price,
    },
    missing: null,
  };
}

/**
 * Begins to price what is stored again, as a job; its result says what changed, or with `dry_run` what would.
 * @throws {AppError} `invalid_value` where the filters contradict themselves; `conflict` as `createJob`.
 */
export async function repriceRequests(deps: Deps, scope: OrgScope, input: RepriceInput): Promise<Job> {
  whereFilters(new Parameters(), scope, input.filters); // What contradicts itself is refused now and not by the job.
  return createJob(deps, scope, 'reprice_requests', input as JsonObject); // It came as JSON.
}

const MISSING: Readonly<Record<Missing, string>> = {
  no_price: 'No price is known for this model, or for a fee or service tier of the call.',
  no_usage: 'Counts of tokens, images or seconds are missing, or contradict each other.',
};
