/** How many exports run at a time: each reads for minutes. */
import { AppError } from '#server/errors';

export interface ExportSlotsOptions {
  /** Of all organizations. */
  readonly all: number;
  /** Of one. */
  readonly each: number;
}

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
    if (held >= this.#options.each || this.#used >= this.#options.all) {
      const whose = held >= this.#options.each ? `${held} exports of this organization` : 'As many exports as may';
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
