/** A thread that reads bodies: it is given bytes and answers rows, one body after the other, and has nothing of its own to lose. */
import { parentPort } from 'node:worker_threads';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { AppError } from '#server/errors';
import { type CustomPrices, NO_CUSTOM_PRICES } from '#server/pricing/customPrices';
import { readIngestBody } from './ingestBody.ts';
import {
  type IngestAnswer,
  type IngestOrder,
  packBody,
  type PricesOrder,
  READY,
  toPlainError,
  type Transferred,
} from './ingestMessages.ts';

/** Prices by the number that the main thread gave them; the main thread also says which to forget. */
const knownPrices = new Map<number, CustomPrices>();

function read({ id, bytes, org_id, prices, ...context }: IngestOrder): Transferred<IngestAnswer> {
  try {
    const scope = scopeForAdmin(serverAdminScope(), org_id);
    const body = readIngestBody(Buffer.from(bytes), { ...context, scope, prices: pricesOf(prices) });
    const { message, memory } = packBody(org_id, body);
    return { message: { id, kind: 'body', body: message }, memory };
  } catch (error) {
    if (error instanceof AppError) return { message: { id, kind: 'refusal', error: toPlainError(error) }, memory: [] };
    return { message: { id, kind: 'failure', error }, memory: [] };
  }
}

function pricesOf({ number, given, forgetsOthers }: PricesOrder): CustomPrices {
  if (forgetsOthers) knownPrices.clear();
  if (given) knownPrices.set(number, given);
  if (number === 0) return NO_CUSTOM_PRICES;
  const known = knownPrices.get(number);
  if (!known) throw new Error('A thread was asked for prices that it was not given.');
  return known;
}

parentPort?.on('message', (order: IngestOrder) => {
  const { message, memory } = read(order);
  parentPort?.postMessage(message, memory);
});
parentPort?.postMessage(READY);
