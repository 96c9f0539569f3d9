/** What became of the parts of an export: for its sender, and for data health. */
import type { DropReason, HealthCount, HealthSource } from '#shared/dataHealth';
import type { OrgScope } from '#server/auth/orgScope';
import type { HealthCounts } from '#server/dataHealth/healthCounts';

/** What became of a part of an export. */
export interface OtlpResult {
  /** Stored now or before, or waiting. */
  readonly accepted: number;
  /** By their index among those that were given. */
  readonly rejected: readonly { readonly index: number; readonly message: string }[];
  /** How many were taken and are not kept. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

/**
 * Gathers an OtlpResult, and what data health counts beside it. What leaves no row is only in the result: it is counted when
 * the whole export is answered, since one that is sent again would count it again.
 */
export class ResultCounts {
  readonly #rejected: { index: number; message: string }[] = [];
  readonly #dropped = new Map<DropReason, number>();
  readonly #counts = new Map<HealthCount, number>();

  add(reason: HealthCount, count = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  reject(index: number, message: string): void {
    this.#rejected.push({ index, message });
  }

  drop(reason: DropReason): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
  }

  /** Adds to data health what became of the rows. */
  count(health: HealthCounts, scope: OrgScope, source: HealthSource): void {
    for (const [reason, count] of this.#counts) health.add(scope, source, reason, count);
  }

  /** Of so many that were given. */
  toResult(given: number): OtlpResult {
    const dropped = [...this.#dropped.values()].reduce((sum, count) => sum + count, 0);
    // A part may be several rows: it is rejected once.
    const byIndex = new Map(this.#rejected.toReversed().map((one) => [one.index, one]));
    const rejected = [...byIndex.values()].toSorted((a, b) => a.index - b.index);
    return { accepted: given - rejected.length - dropped, rejected, dropped: Object.fromEntries(this.#dropped) };
  }
}
