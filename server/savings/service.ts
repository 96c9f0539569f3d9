import { CUT_OFF_TERM } from '#shared/query/fields';
import { ANY_VALUE } from '#shared/query/tokens';
import { SAVING_RULES } from '#shared/savingRules';
import { type Saving, type SavingGroup, SavingKind, type SavingsInput, type SavingsReport } from '#shared/savings';
import type { OrgScope } from '#server/auth/orgScope';
import { Parameters } from '#server/db/sql';
import { readPricedCalls } from '#server/pricing/service';
import { formatUsd, parseUsd } from '#server/pricing/usd';
import { whereFilters } from '#server/requests/filters';
import { findAllHits } from '#server/search/service';
import { requireCurrentRollups } from '#server/rollups/service';
import { isAnsweredByIndex, LEAST_PREFIX_TOKENS } from './callsSql.ts';
import { Look, type ReadDeps } from './look.ts';
import { readPeriod } from './period.ts';
import { estimatePrefixTokens, priceCacheUse } from './prefixSaving.ts';
import {
  countDays,
  countUnhashed,
  findPaidFailures,
  findRepeats,
  findRetriedCuts,
  findUncachedPrefixes,
  type PrefixRow,
  type Repeat,
  type Sums,
} from './repository.ts';

/** Groups that are shown of each kind. */
const SHOWN_GROUPS = 20;

/**
 * What the calls that match cost that need not have cost it. Without `from` of the last 30 days.
 * @throws {AppError} `invalid_value` where the filters contradict themselves; `query_timeout` where words are asked for that
 *   too many requests hold, and where not even the latest 10,000 requests could be looked at in time.
 */
export async function getSavings(
  deps: ReadDeps,
  scope: OrgScope,
  { kind, ...filters }: SavingsInput,
): Promise<SavingsReport> {
  const period = readPeriod(filters, deps.clock());
  whereFilters(new Parameters(), scope, { ...filters, ...period }); // What contradicts itself is refused, as by the list.
  await requireCurrentRollups(deps, scope);
  const days = await countDays(deps.reads.of(scope), scope, period);
  // Those that hold the words, where words are asked for.
  const found = await findAllHits(deps, scope, { ...filters, ...period });
  const look = new Look(deps, scope, { q: filters.q, filters: found, period, days });
  const kinds = kind === undefined ? SavingKind.options : [kind];
  const savings: Saving[] = [];
  // Two at a time: one connection of the organization is left for what else it reads.
  for (let done = 0; done < kinds.length; done += 2)
    savings.push(...(await Promise.all(kinds.slice(done, done + 2).map((each) => SUM_UP[each](look)))));
  const unhashed = kinds.some((each) => COMPARED.has(each)) ? await look.run(countUnhashed) : null;
  return { ...period, savings, unhashed_requests: unhashed?.found ?? 0 };
}

const SUM_UP: Readonly<Record<SavingKind, (look: Look) => Promise<Saving>>> = {
  repeats: sumRepeats,
  prefixes: sumPrefixes,
  failures: sumFailures,
  retries: sumRetries,
};
/** By hashes. */
const COMPARED: ReadonlySet<SavingKind> = new Set(['repeats', 'prefixes']);

function toSaving(
  kind: SavingKind,
  sums: Sums | undefined,
  rest: Pick<Saving, 'groups' | 'looked_back_to'> & Partial<Pick<Saving, 'parts'>>,
): Saving {
  return {
    kind,
    how: SAVING_RULES[kind].how,
    requests: sums?.all_requests ?? 0,
    savable_usd: sums?.all_savable_usd ?? '0',
    unpriced_requests: sums?.all_unpriced ?? 0,
    parts: rest.parts ?? [],
    groups_found: sums?.all_groups ?? 0,
    groups: rest.groups.slice(0, SHOWN_GROUPS),
    looked_back_to: rest.looked_back_to,
  };
}

/** Columns that each kind has in common. */
function toGroup(
  row: Pick<
    SavingGroup,
    'model' | 'provider' | 'requests' | 'savable_usd' | 'unpriced_requests' | 'first_at' | 'last_at'
  >,
  rest: Pick<SavingGroup, 'label' | 'query'> & Partial<Pick<SavingGroup, 'note' | 'prefix_tokens'>>,
): SavingGroup {
  const { model, provider, requests, savable_usd, unpriced_requests } = row;
  return {
    model,
    provider,
    label: rest.label,
    note: rest.note ?? null,
    requests,
    savable_usd,
    unpriced_requests,
    prefix_tokens: rest.prefix_tokens ?? null,
    first_at: new Date(row.first_at).toISOString(),
    last_at: new Date(row.last_at).toISOString(),
    query: rest.query,
  };
}

/** Endpoints that draw nothing by chance. */
const FIXED_ENDPOINTS = ['embeddings', 'moderations'];
const TEMPERATURES = {
  zero: 'temperature 0',
  notSaid: 'temperature not said',
  above: 'temperature above 0',
} as const;

function temperatureOf({ temperature, endpoint }: Repeat): string {
  if (endpoint !== null && FIXED_ENDPOINTS.some((name) => endpoint.startsWith(name))) return TEMPERATURES.zero;
  if (temperature === null) return TEMPERATURES.notSaid;
  return Number(temperature) === 0 ? TEMPERATURES.zero : TEMPERATURES.above;
}

async function sumRepeats(look: Look): Promise<Saving> {
  const { found: repeats, looked_back_to } = await look.run(findRepeats);
  const [sums] = repeats;
  const parts = Object.values(TEMPERATURES).map((name) =>
    sumPart(
      name,
      repeats.filter((one) => temperatureOf(one) === name),
    ),
  );
  if (sums && sums.all_groups > repeats.length) parts.push(restOf(sums, parts));
  const groups = repeats.map((one) =>
    toGroup(one, {
      label: one.input_preview,
      note: temperatureOf(one),
      query: look.queryOf({ field: 'hash', value: one.request_hash }, 'status:success'),
    }),
  );
  return toSaving('repeats', sums, { groups, looked_back_to, parts: parts.filter(({ requests }) => requests > 0) });
}

type Part = Saving['parts'][number];

function sumPart(name: string, rows: readonly { requests: number; savable_usd: string | null }[]): Part {
  return {
    name,
    requests: rows.reduce((sum, { requests }) => sum + requests, 0),
    savable_usd: addUsd(rows.map(({ savable_usd }) => savable_usd)),
  };
}

/** The sums of the groups whose temperature was not looked up, since they cost least. */
function restOf(sums: Sums, parts: readonly Part[]): Part {
  const known = sumPart('', parts);
  return {
    name: 'temperature not looked up',
    requests: sums.all_requests - known.requests,
    savable_usd: formatUsd(parseUsd(sums.all_savable_usd) - parseUsd(known.savable_usd)),
  };
}

function addUsd(amounts: readonly (string | null)[]): string {
  return formatUsd(amounts.reduce((sum, amount) => sum + (amount === null ? 0n : parseUsd(amount)), 0n));
}

/** A larger call is not read to tell the share of its prefix. */
const MOST_SAMPLE_BYTES = 256 * 1024;

/** Requests that are fetched one by one, where no index holds what is asked of them. */
const MOST_FETCHED = 200_000;

async function sumPrefixes(look: Look): Promise<Saving> {
  const most = isAnsweredByIndex(look.filters) ? undefined : MOST_FETCHED;
  const { found, looked_back_to } = await look.run(findUncachedPrefixes, most);
  const small = found.filter(({ sample_bytes }) => sample_bytes <= MOST_SAMPLE_BYTES);
  const samples = await readPricedCalls(
    look.deps,
    look.scope,
    small.map(({ sample_id }) => sample_id),
  );
  const own = await look.deps.prices.of(look.scope);
  const groups = small.flatMap((row) => {
    const call = samples.find(({ id }) => id === row.sample_id);
    const prefixTokens = call ? estimatePrefixTokens(call) : null;
    if (!call || prefixTokens === null || prefixTokens < LEAST_PREFIX_TOKENS) return [];
    const use = { prefixTokens, reads: row.requests, writes: row.moments };
    const saved = priceCacheUse(call, use, { started_at: new Date(call.started_at), own });
    if (saved !== null && saved <= 0n) return [];
    return [toPrefixGroup(look, row, { prefixTokens, savable_usd: saved === null ? null : formatUsd(saved) })];
  });
  const dearest = groups.toSorted((one, other) => compareUsd(other.savable_usd, one.savable_usd));
  const whole = sumPart('', groups);
  const sums = {
    all_groups: groups.length,
    all_requests: whole.requests,
    all_savable_usd: whole.savable_usd,
    all_unpriced: groups.reduce((sum, { unpriced_requests }) => sum + unpriced_requests, 0),
  };
  return toSaving('prefixes', sums, { groups: dearest, looked_back_to });
}

function toPrefixGroup(
  look: Look,
  row: PrefixRow,
  { prefixTokens, savable_usd }: { prefixTokens: number; savable_usd: string | null },
): SavingGroup {
  const unpriced_requests = savable_usd === null ? row.requests : 0;
  return toGroup(
    { ...row, savable_usd, unpriced_requests },
    {
      label: row.prompt_slug ?? row.input_preview,
      prefix_tokens: prefixTokens,
      query: look.queryOf(
        { field: 'prefix', value: row.prefix_hash },
        { field: 'model', value: row.model },
        '-has:cached',
        `in:>=${LEAST_PREFIX_TOKENS}`,
        'status:success',
      ),
    },
  );
}

function compareUsd(one: string | null, other: string | null): number {
  const [a, b] = [one, other].map((amount) => (amount === null ? -1n : parseUsd(amount)));
  return a === b ? 0 : a! < b! ? -1 : 1;
}

async function sumFailures(look: Look): Promise<Saving> {
  const { found, looked_back_to } = await look.run(findPaidFailures);
  const groups = found.map((row) =>
    toGroup(row, {
      label: row.message ?? row.error_type,
      note: row.error_type,
      query: look.queryOf(
        'status:error',
        'cost:>0',
        { field: 'model', value: row.model },
        row.error_type === null
          ? { field: 'error.type', value: ANY_VALUE, isExcluded: true }
          : { field: 'error.type', value: row.error_type },
      ),
    }),
  );
  return toSaving('failures', found[0], { groups, looked_back_to });
}

async function sumRetries(look: Look): Promise<Saving> {
  const { found, looked_back_to } = await look.run(findRetriedCuts);
  const groups = found.map((row) =>
    toGroup(row, {
      label: row.prompt_slug ?? row.input_preview,
      query: look.queryOf(
        CUT_OFF_TERM,
        'has:retry',
        { field: 'model', value: row.model },
        row.prompt_slug === null
          ? { field: 'has', value: 'prompt', isExcluded: true }
          : { field: 'prompt', value: row.prompt_slug },
      ),
    }),
  );
  return toSaving('retries', found[0], { groups, looked_back_to });
}
