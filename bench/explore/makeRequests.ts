/** Requests as an organization logs them in a month: tasks of one call, chats, tools, traces; with what is odd or fails. */
import type { Random } from '#demo/random';
import { DAY_MS } from '#shared/durations';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { z } from 'zod';
import type { LogFields } from '#shared/request';
import type { SpanInput } from '#shared/trace';
import { makeText, pickLanguage } from './corpus.ts';
import { plantedIn } from './planted.ts';
import { makeTask, type Task } from './tasks.ts';
import type { Language } from './words.ts';

export const DAYS = 30;
/** Of the words of a request, in bytes. */
const MEDIAN_BYTES = 2_600;
const MOST_BYTES = 60_000;
/** The trace that has a thousand steps, and the request whose payload is 4 MB. */
export const LARGE_TRACE = 'explore-thousand-steps';
const LARGE_TRACE_STEPS = 1_000;
const LARGE_TEXTS = 5;
const LARGE_TEXT_BYTES = 800_000;

/** A log with no fields but ours. */
export type MadeLog = z.input<typeof LogFields>;

export interface MadeRequests {
  readonly logs: MadeLog[];
  readonly spans: SpanInput[];
  /** When the last of them was over. */
  readonly at: number;
}

export interface RequestMakerOptions {
  readonly random: Random;
  /** Requests in all. */
  readonly count: number;
  /** The end of the month. */
  readonly until: number;
}

/** Makes the requests of one organization in the order of their time, batch by batch. */
export class RequestMaker {
  readonly count: number;
  readonly #random: Random;
  readonly #from: number;
  #made = 0;
  #task: Task;

  constructor({ random, count, until }: RequestMakerOptions) {
    this.#random = random;
    this.count = count;
    this.#from = until - DAYS * DAY_MS;
    this.#task = makeTask(random, this.#from);
  }

  get made(): number {
    return this.#made;
  }

  /** The next requests, at most `size`; none when all are made. */
  next(size: number): MadeRequests {
    const logs: MadeLog[] = [];
    const spans: SpanInput[] = [];
    let at = this.#from;
    while (logs.length < size && this.#made < this.count) {
      if (this.#task.left === 0) this.#task = makeTask(this.#random, this.#timeOf(this.#made));
      if (this.#task.trace_id !== null && spans.length < size) spans.push(...this.#task.takeSpans());
      const log = this.#makeLog(this.#task);
      at = Math.max(at, Date.parse(String(log.started_at)) + (log.latency_ms ?? 0));
      logs.push(log);
    }
    return { logs, spans, at };
  }

  /** Fewer at night than at noon. */
  #timeOf(place: number): number {
    const linear = (place / this.count) * DAYS * DAY_MS * 0.999;
    const wave = Math.sin((linear / DAY_MS) * 2 * Math.PI) * 0.11 * DAY_MS;
    return Math.floor(this.#from + Math.max(0, linear + wave));
  }

  #makeLog(task: Task): MadeLog {
    const random = this.#random;
    const place = this.#made++;
    // The last requests of all are two that the pages of one request and of one trace are measured with.
    const isLarge = place === this.count - 1;
    const isOfLargeTrace =
      !isLarge && place >= this.count - 1 - LARGE_TRACE_STEPS && this.count > LARGE_TRACE_STEPS * 10;
    const startedAt = task.advance(random);
    const language = pickLanguage(random);
    const bytes = Math.min(MOST_BYTES, random.lognormal(MEDIAN_BYTES, 0.8));
    const words = isLarge
      ? largeWords(random)
      : task.hasTools
        ? toolWords(random, task, language, bytes)
        : chatWords(random, task, language, bytes);
    plant(words, plantedIn(place, this.count));
    const outcome = task.outcomeOf(random, words, bytes);
    return {
      id: random.uuid(startedAt),
      started_at: new Date(startedAt).toISOString(),
      ...task.labels,
      ...(isOfLargeTrace ? { trace_id: LARGE_TRACE, parent_id: null } : {}),
      messages: words.messages,
      tools: words.tools,
      ...outcome,
      sdk: { name: 'promptlab', version: '0.2.0', runtime: 'node 20.20.2' },
    };
  }
}

/** What was said. */
export interface Words {
  readonly messages: JsonObject[];
  answer: string;
  readonly toolCalls: readonly JsonValue[];
  readonly tools: JsonValue | null;
}

function chatWords(random: Random, task: Task, language: Language, bytes: number): Words {
  const answerBytes = bytes * random.between(0.15, 0.5);
  const messages: JsonObject[] = [{ role: 'system', content: task.systemPrompt }];
  let left = Math.max(60, bytes - answerBytes - task.systemPrompt.length);
  for (let turns = random.chance(0.25) ? random.int(1, 5) : 0; turns > 0; turns--) {
    const part = left / (turns + 1);
    messages.push({ role: 'user', content: makeText(random, language, part * 0.3) });
    messages.push({ role: 'assistant', content: makeText(random, language, part * 0.5) });
    left -= part;
  }
  messages.push({ role: 'user', content: makeText(random, language, left) });
  return { messages, answer: makeText(random, language, answerBytes), toolCalls: [], tools: null };
}

/** A tool was called before; in half of these the answer is another call. */
function toolWords(random: Random, task: Task, language: Language, bytes: number): Words {
  const call = toolCall(random);
  const result = { rows: Array.from({ length: random.int(1, 4) }, () => toolRow(random, language, bytes / 8)) };
  const messages: JsonObject[] = [
    { role: 'system', content: task.systemPrompt },
    { role: 'user', content: makeText(random, language, bytes / 5) },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) },
  ];
  const callsAgain = random.chance(0.5);
  return {
    messages,
    answer: callsAgain ? '' : makeText(random, language, bytes / 4),
    toolCalls: callsAgain ? [toolCall(random)] : [],
    tools: TOOLS,
  };
}

function toolRow(random: Random, language: Language, bytes: number): JsonObject {
  return {
    order: `FR-${random.int(310_000, 599_999)}`,
    note: makeText(random, language, bytes),
    price: `${random.int(9, 480)}.90`,
  };
}

function toolCall(random: Random): { id: string; type: string; function: { name: string; arguments: string } } {
  const [name, args] = random.pick([
    ['find_order', { order: `FR-${random.int(310_000, 599_999)}`, include_items: true }],
    ['search_articles', { query: makeText(random, 'en', 30), limit: random.int(3, 10) }],
    ['get_weather', { city: random.pick(['Bergen', 'Osaka', 'Lima', '北京', 'القاهرة']), unit: 'celsius' }],
  ] as const);
  return { id: `call_${random.letters(20)}`, type: 'function', function: { name, arguments: JSON.stringify(args) } };
}

const TOOLS: JsonValue = ['find_order', 'search_articles', 'get_weather'].map((name) => ({
  type: 'function',
  function: {
    name,
    description: `Use it to ${name.replace('_', ' ')} before answering.`,
    parameters: {
      type: 'object',
      properties: { query: { type: 'string', description: 'What to look for.' }, limit: { type: 'integer' } },
      required: ['query'],
      additionalProperties: false,
    },
  },
}));

function largeWords(random: Random): Words {
  const content = () => makeText(random, 'en', LARGE_TEXT_BYTES);
  return {
    messages: Array.from({ length: LARGE_TEXTS }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: content(),
    })),
    answer: makeText(random, 'en', 2_000),
    toolCalls: [],
    tools: null,
  };
}

/** Into what was asked, or where nothing was asked at last, into what was answered. */
function plant(words: Words, text: string): void {
  if (text === '') return;
  const last = words.messages.at(-1);
  if (last?.role === 'user' && typeof last.content === 'string') last.content += text;
  else if (words.answer !== '') words.answer += text;
  else words.messages.push({ role: 'user', content: text.trim() });
}
