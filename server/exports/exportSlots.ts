/** How many exports run at a time: each reads for minutes. */
import { AppError } from '#server/errors';

export interface ExportSlotsOptions {
  /** The most exports at once, of all organizations together. */
  readonly all: number;
  /** The most of one organization. It begins another only while more are free than it has, so that some are left to the others. */
  readonly each: number;
}

/** How many exports run at once, of all organizations and of each. */
export class ExportSlots {
  readonly #options: ExportSlotsOptions;
  readonly #byTenant = new Map<string, number>();
  #used = 0;

  constructor(options: ExportSlotsOptions) {
    this.#options = options;
  }

  /**
   * Takes a slot; what is returned gives it back.
   * @throws {AppError} `overloaded` where none is free.
   */
  take(tenant: string): () => void {
    const held = this.#byTenant.get(tenant) ?? 0;
    const free = this.#options.all - this.#used;
    if (held >= this.#options.each || held >= free) {
      const whose = held > 0 ? `${held} exports of this organization` : 'As many exports as may';
      throw new AppError('overloaded', `${whose} are running; wait for one of them, or stop it.`, { retryAfter: 5 });
    }
    this.#byTenant.set(tenant, held + 1);
    this.#used++;
    return () => {
      this.#used--;
      const left = (this.#byTenant.get(tenant) ?? 1) - 1;
      if (left > 0) this.#byTenant.set(tenant, left);
      else this.#byTenant.delete(tenant);
    };
  }
}
