/** Bodies of logs, serialised once: what differs from call to call is written over a copy of the bytes. */
import { generateDemo } from '#demo/demoRequests';
import { newId } from '../../server/ids.ts';
import { type DemoLog, makeRealisticLogs } from './realisticLogs.ts';

/**
 * `realistic`: sizes and words as they are sent in earnest. `small`: between 1 and 3.4 kB, about 2 kB on average. `medium`:
 * the realistic ones of 2.2 to 3 kB.
 */
export type Payloads = 'realistic' | 'small' | 'medium';

const SMALL = { from: 1_000, to: 3_400 };
const MEDIUM = { from: 2_200, to: 3_000 };
const POOL_SIZE = 500;
const ID_LENGTH = 36;
const TIME_LENGTH = 24;
const PLACEHOLDER_ID = '00000000-0000-7000-8000-000000000000';
const PLACEHOLDER_TIME = '2025-01-01T00:00:00.000Z';
const ID_AT = '{"id":"'.length;
const TIME_AT = ID_AT + ID_LENGTH + '","started_at":"'.length;

/** A body, and where each of its logs begins. */
export interface PayloadTemplate {
  readonly bytes: Buffer;
  readonly logsAt: readonly number[];
}

/** Believable logs as JSON, each beginning with a placeholder id and time. The same seed gives the same logs. */
export function makeLogs(payloads: Payloads, seed = 1): string[] {
  return makeDemoLogs(payloads, seed).map(({ id: _id, started_at: _started, ...rest }) =>
    JSON.stringify({ id: PLACEHOLDER_ID, started_at: PLACEHOLDER_TIME, ...rest }),
  );
}

/** The same as records. */
export function makeDemoLogs(payloads: Payloads, seed = 1): DemoLog[] {
  return makersOf[payloads](seed);
}

/** Logs of one size, so that what is measured of a call does not depend on which were picked. */
export function makeMediumLogs(seed = 1): DemoLog[] {
  return makeRealisticLogs(POOL_SIZE * 8, seed).filter((log) => {
    const { length } = JSON.stringify(log);
    return length >= MEDIUM.from && length <= MEDIUM.to;
  });
}

const makersOf: Readonly<Record<Payloads, (seed: number) => DemoLog[]>> = {
  realistic: (seed) => makeRealisticLogs(POOL_SIZE, seed),
  small: makeSmallLogs,
  medium: makeMediumLogs,
};

function makeSmallLogs(seed: number): DemoLog[] {
  const logs: DemoLog[] = [];
  for (const item of generateDemo({ requests: POOL_SIZE * 4, days: 14, now: new Date(PLACEHOLDER_TIME), seed })) {
    if (!('log' in item)) continue;
    const { length } = JSON.stringify(item.log);
    if (length >= SMALL.from && length <= SMALL.to) logs.push(item.log);
    if (logs.length === POOL_SIZE) break;
  }
  return logs;
}

/** Bodies of one log each, or batches of `batchSize`. */
export function makeTemplates(logs: readonly string[], batchSize: number): PayloadTemplate[] {
  if (batchSize === 1) return logs.map((log) => ({ bytes: Buffer.from(log), logsAt: [0] }));
  return Array.from({ length: 20 }, (_, batch) => {
    const picked = Array.from({ length: batchSize }, (__, place) => logs[(batch * 37 + place) % logs.length] ?? '');
    let at = '{"logs":['.length;
    const logsAt = picked.map((log) => {
      const start = at;
      at += Buffer.byteLength(log) + 1;
      return start;
    });
    return { bytes: Buffer.from(`{"logs":[${picked.join(',')}]}`), logsAt };
  });
}

let lastMs = 0;
let lastTime = PLACEHOLDER_TIME;

/** A copy of `template` behind `head`, with a fresh UUIDv7 and the time of now in each of its logs. */
export function fillTemplate(template: PayloadTemplate, head: Buffer): Buffer {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    lastTime = new Date(now).toISOString();
  }
  const message = Buffer.allocUnsafe(head.length + template.bytes.length);
  head.copy(message);
  template.bytes.copy(message, head.length);
  for (const logAt of template.logsAt) {
    message.write(newId(now), head.length + logAt + ID_AT, ID_LENGTH, 'latin1');
    message.write(lastTime, head.length + logAt + TIME_AT, TIME_LENGTH, 'latin1');
  }
  return message;
}

/** The ids that `message`, a filled copy of `template` without its head, has. */
export function readIds(template: PayloadTemplate, message: Buffer): string[] {
  return template.logsAt.map((logAt) => message.toString('latin1', logAt + ID_AT, logAt + ID_AT + ID_LENGTH));
}
