/** What a call is charged for, line by line, and the sum of it. Pure. */
import type { CostExplanation, CostLine } from '#shared/price';
import { formatAttodollars, parseUsd, trimZeros } from './usd.ts';

/** `quantity` of something, at `dollars` for `per` of them. */
export interface Charge {
  readonly what: string;
  /** Whole, but for seconds, which have up to three decimals. */
  readonly quantity: number;
  readonly per: 1 | 1_000 | 1_000_000 | 3_600;
  /** US dollars as a decimal string. */
  readonly dollars: string;
  /** Attodollars for all of them. */
  readonly amount: bigint;
}

/** A part of the list price, exact. */
export interface Share {
  readonly of: bigint;
  readonly in: bigint;
}

/** A call with its price: the tokens, of which the service tier takes a share, and what is billed beside them. */
export interface Priced {
  readonly tokens: readonly Charge[];
  readonly fees: readonly Charge[];
  readonly share: Share;
  readonly price: NonNullable<CostExplanation['computed']>['price'];
}

const ATTODOLLARS_OF_TRILLIONTH = 1_000_000n;

/**
 * Exact in attodollars for rates of twelve decimals; of a rate for an hour (`per` 3,600) what is left of the last
 * attodollar is cut.
 * @param quantity a whole number; of seconds also one with up to three decimals.
 */
export function charge(what: string, quantity: number, rate: { per: Charge['per']; dollars: string }): Charge {
  const dollars = parseUsd(rate.dollars) * ATTODOLLARS_OF_TRILLIONTH;
  const amount = Number.isInteger(quantity)
    ? (BigInt(quantity) * dollars) / BigInt(rate.per)
    : (BigInt(Math.round(quantity * 1_000)) * dollars) / BigInt(rate.per * 1_000);
  return { what, quantity, ...rate, amount };
}

/** Several calls as one, with a line for each thing at one rate. Null where they are not by one price and one share. */
export function addPriced(all: readonly Priced[]): Priced | null {
  const [first] = all;
  if (first === undefined) return null;
  const { share, price } = first;
  const isSame = all.every(
    (one) =>
      one.price.version === price.version &&
      one.price.model === price.model &&
      one.price.provider === price.provider &&
      one.share.of * share.in === share.of * one.share.in,
  );
  const tokens = addCharges(all.flatMap((one) => one.tokens));
  return isSame ? { tokens, fees: addCharges(all.flatMap((one) => one.fees)), share, price } : null;
}

function addCharges(charges: readonly Charge[]): Charge[] {
  const lines = new Map<string, Charge>();
  for (const { what, quantity, per, dollars } of charges) {
    const key = `${what} ${dollars}`;
    lines.set(key, charge(what, quantity + (lines.get(key)?.quantity ?? 0), { per, dollars }));
  }
  return [...lines.values()];
}

/** In attodollars. */
export function sumOf({ tokens, fees, share }: Priced): bigint {
  const sum = (charges: readonly Charge[]) => charges.reduce((total, { amount }) => total + amount, 0n);
  return (sum(tokens) * share.of) / share.in + sum(fees);
}

/** A charge as the explanation of a cost shows it. */
export function toCostLine({ what, quantity, per, dollars, amount }: Charge): CostLine {
  return { what, quantity, per, rate_usd: trimZeros(dollars), amount_usd: formatAttodollars(amount) };
}
