/**
 * Stores what an export holds, part by part: its spans are decoded, mapped and encoded in parts of a bounded size, so that a
 * large export neither holds up the event loop nor takes many times its bytes.
 */
import type { DropReason, HealthSource } from '#shared/dataHealth';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import type { Sender } from '#server/ingest/batchItems';
import { acceptOtlpSpans, keepOtlpLogRecords, orderOtlpTraces } from './accept.ts';
import { type DecodedExport, Refused } from './decoded.ts';
import type { ExportResult } from './exportAnswer.ts';
import type { OtlpResult } from './resultCounts.ts';
import type { OtlpLogRecord, OtlpSpan } from './span.ts';

/** How long one turn of the event loop decodes, in milliseconds. */
const TURN_MS = 10;
/** Items of one part, and about its bytes: what is beyond waits until the part before is committed. */
const PART = { items: 500, bytes: 1024 * 1024 };
/** Reasons that an answer names. */
const NAMED_REASONS = 2;
/** Characters of one of them. */
const REASON_LENGTH = 120;

/**
 * Stores the spans of an export, whose body had so many bytes. Resolves when all are committed.
 * @throws {AppError} `invalid_value` where none could be taken; 503 where some could not be stored now: then all of it may
 *   be sent again.
 */
export function receiveSpans(
  deps: Deps,
  sender: Sender,
  decoded: DecodedExport<OtlpSpan>,
  bodyBytes: number,
): Promise<ExportResult> {
  return receive(deps, sender, decoded, {
    bodyBytes,
    source: 'otlp_spans',
    accept: (spans) => acceptOtlpSpans(deps, sender, spans),
  });
}

/**
 * Adds log records to the calls they tell of. Those that belong to no span are dropped.
 * @throws {AppError} as `receiveSpans`.
 */
export function receiveLogRecords(
  deps: Deps,
  sender: Sender,
  decoded: DecodedExport<OtlpLogRecord | null>,
  bodyBytes: number,
): Promise<ExportResult> {
  const traceIds = new Set<string>();
  return receive(deps, sender, decoded, {
    bodyBytes,
    source: 'otlp_logs',
    accept: async (records) => {
      const kept = await keepOtlpLogRecords(deps, sender, records);
      for (const traceId of kept.traceIds) traceIds.add(traceId);
      return kept;
    },
    onStored: () => orderOtlpTraces(deps, sender, [...traceIds]),
  });
}

/** Metrics are not read at all: an export of them counts as one. */
export function dropMetrics(deps: Deps, { scope }: Sender): ExportResult {
  deps.healthCounts.add(scope, 'otlp_metrics', 'dropped.metrics', 1);
  return null;
}

const NOUNS = { otlp_spans: 'spans', otlp_logs: 'log records' } as const satisfies Partial<
  Record<HealthSource, string>
>;

interface ReceiveOptions<Item> {
  readonly bodyBytes: number;
  readonly source: keyof typeof NOUNS;
  readonly accept: (items: readonly Item[]) => Promise<OtlpResult>;
  /** Called once, when all parts are committed. */
  readonly onStored?: () => Promise<void>;
}

async function receive<Item>(
  { healthCounts }: Deps,
  { scope }: Sender,
  decoded: DecodedExport<Item>,
  { bodyBytes, source, accept, onStored }: ReceiveOptions<Item>,
): Promise<ExportResult> {
  const partSize = sizeOfPart(decoded.count, bodyBytes);
  const rejections = new Rejections(decoded.count, NOUNS[source]);
  const dropped = new Map<DropReason, number>();
  let part: Item[] = [];
  const store = async () => {
    // What was decoded must not wait with its rows: nothing here holds it from now on.
    const accepted = accept(part);
    part = [];
    const result = await accepted;
    for (const { message } of result.rejected) rejections.add(message);
    for (const [reason, count] of Object.entries(result.dropped) as [DropReason, number][]) {
      dropped.set(reason, (dropped.get(reason) ?? 0) + count);
    }
  };
  let turnEndsAt = performance.now() + TURN_MS;
  for (const item of decoded.items) {
    // What is not taken fills no part, and takes as long to be decoded.
    if (performance.now() > turnEndsAt) {
      await nextTurn();
      turnEndsAt = performance.now() + TURN_MS;
    }
    if (item instanceof Refused) rejections.add(item.reason);
    else if (part.push(item) === partSize) await store();
  }
  if (part.length > 0) await store();
  await onStored?.();
  // Not before: what leaves no row would be counted again with each resend after a 503.
  healthCounts.add(scope, source, 'rejected', rejections.count);
  for (const [reason, count] of dropped) healthCounts.add(scope, source, `dropped.${reason}`, count);
  return rejections.toResult();
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

function sizeOfPart(count: number, bytes: number): number {
  const parts = Math.max(1, Math.ceil(bytes / PART.bytes), Math.ceil(count / PART.items));
  return Math.max(1, Math.ceil(count / parts));
}

/** What was not taken, by reason. */
class Rejections {
  readonly #all: number;
  readonly #noun: string;
  readonly #reasons = new Map<string, number>();
  #count = 0;

  constructor(all: number, noun: string) {
    this.#all = all;
    this.#noun = noun;
  }

  get count(): number {
    return this.#count;
  }

  add(reason: string): void {
    this.#count++;
    const text = reason.length > REASON_LENGTH ? `${reason.slice(0, REASON_LENGTH)}…` : reason.replace(/\.$/, '');
    const known = this.#reasons.get(text);
    if (known !== undefined || this.#reasons.size < NAMED_REASONS) this.#reasons.set(text, (known ?? 0) + 1);
  }

  /** @throws {AppError} where nothing was taken: such an export is wrong as a whole, and to be seen by who wrote it. */
  toResult(): ExportResult {
    if (this.#count === 0) return null;
    const reasons = [...this.#reasons].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`));
    const message = `${this.#count} of ${this.#all} ${this.#noun} not taken: ${reasons.join('; ')}.`;
    if (this.#count === this.#all) throw new AppError('invalid_value', message);
    return { rejected: this.#count, message };
  }
}
