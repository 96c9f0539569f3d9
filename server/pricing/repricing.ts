/** The steps of the job that prices stored requests again, or says what that would change. */
import { z } from 'zod';
import { type RepriceResult, RepriceInput } from '#shared/price';
import type { JobStep } from '#server/jobs/jobRunner';
import { priceRequest } from './cost.ts';
import { type CustomPrices, preparePrices } from './customPrices.ts';
import { PRICE_LIST_VERSION } from './priceList.ts';
import {
  countRowsToPrice,
  listPriceRows,
  listRowsToPrice,
  type PricedRow,
  readPricedRows,
  type Repriced,
  savePricedRows,
  savePriceList,
} from './repository.ts';
import { formatUsd, parseUsd } from './usd.ts';

/** Rows of one transaction, and bytes of their payloads: some 100 ms of work. */
const BATCH = { rows: 200, bytes: 4 * 1024 * 1024 } as const;
/** Models that are told apart; the others are in the sums alone. */
const MOST_MODELS = 100;

const EMPTY: RepriceResult = {
  changed: 0,
  before_usd: '0',
  after_usd: '0',
  newly_priced: 0,
  newly_unknown: 0,
  models: [],
};

const State = z.object({
  after: z.object({ started_at: z.string(), id: z.string() }).nullable(),
  result: z.custom<RepriceResult>(),
});

/**
 * One step: a batch of requests, oldest first, whose cost did not come from the caller or the provider. Each is priced as
 * if it came now, at its own time; where that differs it is changed, in the rollups too, unless it is a dry run. Only
 * what was stored before the job was made: what came later had the new prices.
 */
export const repriceRequestsStep: JobStep = async (tx, scope, job) => {
  const { filters, dry_run } = RepriceInput.parse(job.input);
  const before = job.created_at;
  const state = State.parse(job.state ?? { after: null, result: EMPTY });
  const total = job.total ?? (await countRowsToPrice(tx, scope, filters, before));
  const keys = await listRowsToPrice(tx, scope, filters, { before, after: state.after, ...BATCH });
  const own = preparePrices(await listPriceRows(tx, scope));
  const rows = await readPricedRows(
    tx,
    scope,
    keys.map(({ id }) => id),
  );
  const changes = rows.flatMap((row) => findChange(row, own));
  if (!dry_run && changes.length > 0)
    await savePricedRows(
      tx,
      scope,
      changes.map(({ to }) => to),
    );
  const last = keys.at(-1);
  const result = changes.reduce(addChange, state.result);
  const isFinished = last === undefined;
  const isOfAll = Object.keys(filters).length === 0;
  // A dry run that found nothing to change has shown the same as one that changed it.
  if (isFinished && isOfAll && (!dry_run || result.changed === 0)) await savePriceList(tx, scope, PRICE_LIST_VERSION);
  return { done: job.done + keys.length, total, state: { after: last ?? state.after, result }, isFinished };
};

interface Change {
  readonly from: PricedRow;
  readonly to: Repriced;
}

function findChange(from: PricedRow, own: CustomPrices): Change[] {
  const cost = priceRequest({ ...from, cost_usd: null }, new Date(from.started_at), own);
  // What was given is never touched; a figure of the provider that was not read when it came counts from now on.
  const isSame =
    cost.cost_usd === from.cost_usd &&
    cost.cost_source === from.cost_source &&
    cost.cost_status === from.cost_status &&
    cost.price_version === from.price_version;
  return isSame ? [] : [{ from, to: { id: from.id, ...cost } }];
}

/** A cost that stays and only gets the version of its price is no change that anybody asked for. */
function addChange(result: RepriceResult, { from, to }: Change): RepriceResult {
  if (from.cost_usd === to.cost_usd && from.cost_status === to.cost_status) return result;
  const { provider, model } = from;
  const known = result.models.find((one) => one.provider === provider && one.model === model);
  const mine = known ?? { provider, model, changed: 0, before_usd: '0', after_usd: '0' };
  const others = result.models.filter((one) => one !== known);
  const isKept = known !== undefined || others.length < MOST_MODELS;
  return {
    ...addMoney(result, from, to),
    newly_priced: result.newly_priced + Number(from.cost_usd === null && to.cost_usd !== null),
    newly_unknown: result.newly_unknown + Number(from.cost_usd !== null && to.cost_usd === null),
    models: isKept ? [...others, addMoney(mine, from, to)] : result.models,
  };
}

function addMoney<Sums extends { changed: number; before_usd: string; after_usd: string }>(
  sums: Sums,
  from: PricedRow,
  to: Repriced,
): Sums {
  const add = (sum: string, cost: string | null) => formatUsd(parseUsd(sum) + parseUsd(cost ?? '0'));
  return {
    ...sums,
    changed: sums.changed + 1,
    before_usd: add(sums.before_usd, from.cost_usd),
    after_usd: add(sums.after_usd, to.cost_usd),
  };
}
