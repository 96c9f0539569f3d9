/** The rows of the endpoint table that are about prices. */
import { z } from 'zod';
import { Deleted } from './apiKey.ts';
import type { Endpoint } from './endpoints.ts';
import { EXAMPLES } from './endpointExamples.ts';
import { wholeNumber } from './page.ts';
import {
  BUILTIN_SEARCH,
  BuiltinPriceList,
  CostExplanation,
  CustomPrice,
  PriceId,
  RepriceInput,
  SavePriceInput,
  SeenModel,
} from './price.ts';
import { Job } from './job.ts';
import { RequestId } from './primitives.ts';

export const priceEndpoints = {
  explainCost: {
    method: 'get',
    path: '/api/v1/requests/:request_id/cost',
    auth: 'read',
    tag: 'Prices',
    summary: 'Explain the cost of a request: quantities, rates and the price they come from, by the prices of today.',
    params: z.object({ request_id: RequestId }),
    output: CostExplanation,
    status: 200,
  },
  listPrices: {
    method: 'get',
    path: '/api/v1/prices',
    auth: 'read',
    tag: 'Prices',
    summary: 'List the prices that your organization set, oldest first.',
    output: z.array(CustomPrice),
    status: 200,
  },
  listBuiltinPrices: {
    method: 'get',
    path: '/api/v1/prices/builtin',
    auth: 'read',
    tag: 'Prices',
    summary:
      'Search the price list that comes with PromptLab, and see whether stored requests were priced by an older one.',
    query: z.object({
      search: BUILTIN_SEARCH.search.describe('Words that a provider and a model hold, in any order.'),
      limit: wholeNumber(1, BUILTIN_SEARCH.most).default(BUILTIN_SEARCH.usual),
    }),
    output: BuiltinPriceList,
    status: 200,
  },
  createPrice: {
    method: 'post',
    path: '/api/v1/prices',
    auth: 'manage',
    tag: 'Prices',
    examples: EXAMPLES.createPrice,
    summary: 'Set a price for what is logged from now on. It counts before the built-in list.',
    body: SavePriceInput,
    output: CustomPrice,
    status: 201,
  },
  savePrice: {
    method: 'put',
    path: '/api/v1/prices/:price_id',
    auth: 'manage',
    tag: 'Prices',
    summary: 'Replace a price by a new version of it.',
    params: z.object({ price_id: PriceId }),
    body: SavePriceInput,
    output: CustomPrice,
    status: 200,
  },
  deletePrice: {
    method: 'delete',
    path: '/api/v1/prices/:price_id',
    auth: 'manage',
    tag: 'Prices',
    summary: 'Delete a price. What was priced by it keeps its cost.',
    params: z.object({ price_id: PriceId }),
    output: Deleted,
    status: 200,
  },
  repriceRequests: {
    method: 'post',
    path: '/api/v1/prices/reprice',
    auth: 'manage',
    tag: 'Prices',
    examples: EXAMPLES.repriceRequests,
    summary:
      'Price stored requests again by the prices of today, as a job. With `dry_run`, which is the default, it only says what would change. Costs that were given are never touched.',
    body: RepriceInput,
    output: Job,
    status: 202,
  },
  listModels: {
    method: 'get',
    path: '/api/v1/models',
    auth: 'read',
    tag: 'Prices',
    summary: 'List the models that were logged, the most used first, and where the price of each comes from.',
    output: z.array(SeenModel),
    status: 200,
  },
} as const satisfies Record<string, Endpoint>;
