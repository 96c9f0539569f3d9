/** One record by itself, once, outside of the queue. */
import { PromptLabError } from '../errors.js';
import type { LogInput, LogReceipt } from '../wire.js';
import type { CooperativeScheduler } from './cooperativeScheduler.js';
import { encodeBatch, encodeBody, type EncodeOptions } from './encode.js';
import { toQueued } from './queue.js';
import type { Transport } from './transport.js';
import { decideUpload } from './uploadDecision.js';

export interface SendOptions {
  readonly transport: Transport;
  readonly scheduler: CooperativeScheduler;
  readonly encode: EncodeOptions;
  readonly baseUrl: string;
}

/** Resolves with the server's receipt of a record that is stored; rejects with `PromptLabError`. */
export async function sendOne(
  log: LogInput,
  { transport, scheduler, encode, baseUrl }: SendOptions,
): Promise<LogReceipt> {
  const queued = toQueued({ kind: 'log', write: () => log, sizeBytes: 0, sequence: 0 });
  const { broken } = await encodeBatch([queued], encode, scheduler);
  if (broken > 0) throw new PromptLabError('internal', 'The record could not be written.');
  if (queued.json === undefined) throw new PromptLabError('masked_out', 'The mask dropped the record.');
  const body = await encodeBody('log', [queued.json], scheduler);
  const outcome = await transport.send('log', body, new AbortController().signal);
  const { stored, losses, failure } = decideUpload([queued], outcome, { baseUrl, maxAttempts: 1 });
  const receipt = outcome.kind === 'answered' ? outcome.result.results[0] : undefined;
  if (stored === 1 && receipt) return receipt;
  const { reason, message } = losses[0] ?? failure ?? { reason: 'too_large', message: 'The record is too large.' };
  throw new PromptLabError(reason, message, { httpStatus: 'httpStatus' in outcome ? outcome.httpStatus : undefined });
}
