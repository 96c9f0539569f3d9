/** The product that runs beside all files of a run: it is told to the processes that run them by their environment. */
import { z } from 'zod';
import type { Product } from '#tests/support/startProduct';

const VARIABLE = 'PROMPTLAB_E2E_PRODUCT';
const Shared = z.object({ url: z.string(), apiKey: z.string() });

/** What a file may do with a product that is not its own. */
export type SharedProduct = Pick<Product, 'url' | 'apiKey'>;

/** Tells the processes that are started from now on. */
export function shareProduct({ url, apiKey }: Product): void {
  process.env[VARIABLE] = JSON.stringify({ url, apiKey });
}

/** What `shareProduct` told; throws where nothing was. */
export function sharedProduct(): SharedProduct {
  return Shared.parse(JSON.parse(process.env[VARIABLE] ?? 'null'));
}
