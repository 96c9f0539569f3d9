/**
 * Logs as they are sent in earnest: half of them below 3 kB, a tenth above 12 kB, one in a hundred above 100 kB. They are
 * the calls of the demo with a history before them: documents, answers, tool calls and their results, in several scripts.
 * The same seed gives the same logs.
 */
import { type DemoItem, generateDemo } from '#demo/demoRequests';
import { Random } from '#demo/random';
import type { JsonValue } from '#shared/primitives';
import { makeText } from './words.ts';

export type DemoLog = Extract<DemoItem, { log: unknown }>['log'];

/** Shares of all logs, and the bytes they are below; in between the logarithm of the size grows evenly. */
const SIZES: readonly (readonly [share: number, bytes: number])[] = [
  [0, 900],
  [0.5, 3_000],
  [0.9, 12_000],
  [0.99, 100_000],
  [1, 250_000],
];
/** Bytes of one message of a history; what is larger than ten of these has larger ones. */
const MESSAGE_BYTES = { from: 200, to: 4_000 };
const TOOL_CALLS_SHARE = 0.3;
/** Has no divisor in common with a round number of logs. */
const STRIDE = 89;
const NOW = new Date('2025-01-01T00:00:00.000Z');

/** `count` logs, in no order of size. */
export function makeRealisticLogs(count: number, seed = 1): DemoLog[] {
  const random = new Random(seed, count);
  const calls: { log: DemoLog; bytes: number }[] = [];
  for (const item of generateDemo({ requests: count * 2, days: 14, now: NOW, seed })) {
    if ('log' in item) calls.push({ log: item.log, bytes: bytesOf(item.log) });
  }
  calls.sort((one, other) => one.bytes - other.bytes);
  return Array.from({ length: count }, (_, place) => {
    // Every size comes as often as it should, whatever the seed; neighbours differ.
    const bytes = bytesAt(((place * STRIDE) % count) / count);
    const below = calls.findIndex((call) => call.bytes > bytes);
    const fitting = below === -1 ? calls.length : Math.max(below, 1);
    const { log } = calls[random.int(0, fitting - 1)]!;
    return grow(log, bytes, random);
  });
}

function bytesAt(share: number): number {
  const above = SIZES.findIndex(([end]) => end > share);
  const [[start, low], [end, high]] = [SIZES[above - 1] ?? SIZES[0]!, SIZES[above] ?? SIZES[0]!];
  return low * (high / low) ** ((share - start) / (end - start));
}

/** Puts a history before the last messages, until the log has so many bytes. */
function grow(log: DemoLog, bytes: number, random: Random): DemoLog {
  let left = bytes - bytesOf(log);
  if (!Array.isArray(log.messages)) return left > 0 ? { ...log, messages: makeText(random, left) } : log;
  const [first, ...rest] = log.messages;
  const history: JsonValue[] = [];
  const most = Math.max(MESSAGE_BYTES.to, bytes / 10);
  while (left > MESSAGE_BYTES.from) {
    const size = Math.min(left, random.lognormal(Math.sqrt(MESSAGE_BYTES.from * most), 0.8));
    const turn = random.chance(TOOL_CALLS_SHARE) ? makeToolTurn(random, size) : makeTurn(random, size);
    history.push(...turn);
    left -= bytesOf(turn);
  }
  return { ...log, messages: [...(first === undefined ? [] : [first]), ...history, ...rest] };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function makeTurn(random: Random, bytes: number): JsonValue[] {
  const question = random.between(0.1, 0.9) * bytes;
  return [
    { role: 'user', content: makeText(random, question) },
    { role: 'assistant', content: makeText(random, bytes - question) },
  ];
}

/** A call of a tool, and the JSON that it answered with. */
function makeToolTurn(random: Random, bytes: number): JsonValue[] {
  const id = `call_${random.letters(24)}`;
  const rows: JsonValue[] = [];
  for (let length = 0; length < bytes - 300;) {
    const row = {
      id: random.letters(12),
      title: makeText(random, 60),
      score: Math.round(random.fraction() * 1e4) / 1e4,
      count: random.int(0, 5_000),
      url: `https://shop.example/items/${random.letters(10)}`,
      is_available: random.chance(0.7),
      snippet: makeText(random, 200),
    };
    rows.push(row);
    length += bytesOf(JSON.stringify(row));
  }
  const args = JSON.stringify({ query: makeText(random, 40), limit: rows.length, filters: { in_stock: true } });
  return [
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name: 'search', arguments: args } }],
    },
    { role: 'tool', tool_call_id: id, content: JSON.stringify({ results: rows }) },
  ];
}
