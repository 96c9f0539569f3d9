/** Who calls a model, how often in a row, with which model and prompt, and how it ends. */
import { Random } from '#demo/random';
import type { JsonValue } from '#shared/primitives';
import type { SpanInput } from '#shared/trace';
import { makeText } from './corpus.ts';
import type { MadeLog, Words } from './makeRequests.ts';

const PROMPTS = 60;
const USERS = 50_000;
const EXPERIMENTS = 400;

interface Model {
  readonly model: string;
  readonly provider: string;
  readonly perSecond: number;
  readonly firstMs: number;
}

const MODELS: readonly (readonly [model: Model, weight: number])[] = [
  [{ model: 'gpt-4o-mini', provider: 'openai', perSecond: 105, firstMs: 340 }, 34],
  [{ model: 'gpt-4o', provider: 'openai', perSecond: 82, firstMs: 420 }, 18],
  [{ model: 'gpt-4.1', provider: 'openai', perSecond: 88, firstMs: 480 }, 9],
  [{ model: 'claude-sonnet-4-5', provider: 'anthropic', perSecond: 68, firstMs: 980 }, 14],
  [{ model: 'claude-haiku-4-5', provider: 'anthropic', perSecond: 140, firstMs: 510 }, 8],
  [{ model: 'gemini-2.5-flash', provider: 'google', perSecond: 185, firstMs: 390 }, 9],
  [{ model: 'mistral-large-latest', provider: 'mistral', perSecond: 48, firstMs: 560 }, 4],
  [{ model: 'o3', provider: 'openai', perSecond: 95, firstMs: 4_700 }, 2],
  // Runs on a machine of the company: no price is known for it.
  [{ model: 'llama3.1:8b', provider: 'ollama', perSecond: 34, firstMs: 230 }, 2],
  [{ model: 'gpt-4o-2024-05-13', provider: 'azure', perSecond: 60, firstMs: 600 }, 0.02],
];

/** A prompt mostly keeps to one model and has its own instructions. */
const PROMPT_TABLE = Array.from({ length: PROMPTS }, (_, index) => {
  const random = new Random(7, index);
  return {
    slug: `${random.pick(['support', 'orders', 'catalog', 'review', 'report', 'search'])}-${String(index + 1).padStart(2, '0')}`,
    version: String(random.int(1, 14)),
    system: makeText(random, 'en', random.between(150, 900)),
    model: random.weighted(MODELS),
    hasTools: random.chance(0.16),
    team: random.pick(['support', 'shop', 'finance', 'platform', 'growth']),
  };
});

export interface Task {
  readonly trace_id: string | null;
  readonly systemPrompt: string;
  readonly hasTools: boolean;
  readonly labels: Omit<MadeLog, 'messages'>;
  /** Calls that are still to come. */
  readonly left: number;
  /** Its steps that are no calls; once. */
  takeSpans(): SpanInput[];
  /** Begins the next call. @returns when. */
  advance(random: Random): number;
  outcomeOf(random: Random, words: Words, bytes: number): Partial<MadeLog>;
}

export function makeTask(random: Random, startedAt: number): Task {
  const prompt = PROMPT_TABLE[logUniform(random, PROMPTS)] ?? PROMPT_TABLE[0];
  if (!prompt) throw new Error('There are no prompts.');
  const choice = random.chance(0.9) ? prompt.model : random.weighted(MODELS);
  const isTrace = random.chance(0.12);
  const calls = isTrace ? random.int(2, 7) : 1;
  const trace_id = isTrace ? random.uuid(startedAt).replaceAll('-', '') : null;
  const rootId = isTrace ? random.uuid(startedAt) : null;
  const user_id = random.chance(0.6) ? `user_${String(logUniform(random, USERS) + 1).padStart(6, '0')}` : null;
  const day = Math.floor(startedAt / 86_400_000);
  const shared = {
    trace_id,
    user_id,
    session_id: user_id !== null && random.chance(0.5) ? `ses_${user_id}_${day}` : null,
    environment: random.weighted([
      ['production', 82],
      ['staging', 12],
      ['development', 6],
    ] as const),
    release: `shop@2.${Math.floor(day / 7) % 60}.${day % 7}`,
  };
  const tags: Record<string, string> = { team: prompt.team, tier: random.chance(0.11) ? 'enterprise' : 'free' };
  if (random.chance(0.3)) tags['experiment'] = `exp-${logUniform(random, EXPERIMENTS) + 1}`;
  const stream = random.chance(0.55);
  let [left, at] = [calls, startedAt];
  let isOpen = isTrace;
  return {
    trace_id,
    systemPrompt: prompt.system,
    hasTools: prompt.hasTools,
    labels: {
      model: choice.model,
      provider: choice.provider,
      endpoint: 'chat.completions',
      stream,
      name: isTrace ? 'step' : null,
      prompt_slug: random.chance(0.85) ? prompt.slug : null,
      prompt_version: prompt.version,
      parent_id: rootId,
      parameters: { temperature: 0.2, max_tokens: 1_024 },
      tags,
      ...shared,
    },
    get left() {
      return left;
    },
    takeSpans() {
      if (!isOpen || rootId === null || trace_id === null) return [];
      isOpen = false;
      const started_at = new Date(startedAt).toISOString();
      const span = { ...shared, trace_id, started_at, tags };
      return [
        { ...span, id: rootId, name: `handle ${prompt.slug}`, latency_ms: calls * 2_400 },
        { ...span, id: random.uuid(startedAt + 1), parent_id: rootId, name: 'look up', latency_ms: 140 },
      ];
    },
    advance(source) {
      left--;
      const begun = at;
      at += source.int(300, 4_000);
      return begun;
    },
    outcomeOf: (source, words, bytes) => outcomeOf(source, { words, bytes, choice, stream, startedAt }),
  };
}

interface Call {
  readonly words: Words;
  readonly bytes: number;
  readonly choice: Model;
  readonly stream: boolean;
  readonly startedAt: number;
}

function outcomeOf(random: Random, { words, bytes, choice, stream, startedAt }: Call): Partial<MadeLog> {
  if (random.chance(0.025)) return failure(random);
  const input_tokens = Math.round(bytes * 0.2) + 40;
  const output_tokens = Math.round(words.answer.length / 3.9) + words.toolCalls.length * 24;
  const ttft_ms = Math.round(random.lognormal(choice.firstMs, 0.4));
  const latency_ms = ttft_ms + Math.round((output_tokens / choice.perSecond) * 1_000 * random.lognormal(1, 0.2));
  const isCut = random.chance(0.015);
  const finish_reason = isCut ? 'length' : words.toolCalls.length > 0 ? 'tool_calls' : 'stop';
  const keepsResponse = words.toolCalls.length > 0 || random.chance(0.15);
  // A stream that nobody asked to report its usage has none.
  const usage = stream && random.chance(0.02) ? {} : { input_tokens, output_tokens, cached_input_tokens: 0 };
  return {
    status: isCut ? 'incomplete' : random.chance(0.004) ? 'aborted' : 'success',
    response_model: choice.model,
    response_content: words.answer === '' ? null : words.answer,
    response: keepsResponse
      ? completion(random, { words, choice, startedAt, finish_reason, input_tokens, output_tokens })
      : null,
    finish_reason,
    latency_ms,
    ttft_ms: stream ? ttft_ms : null,
    provider_request_id: `req_${random.letters(20)}`,
    ...usage,
  };
}

function completion(
  random: Random,
  call: Pick<Call, 'words' | 'choice' | 'startedAt'> & {
    finish_reason: string;
    input_tokens: number;
    output_tokens: number;
  },
): JsonValue {
  const { words, finish_reason, input_tokens, output_tokens } = call;
  return {
    id: `chatcmpl-${random.letters(29)}`,
    object: 'chat.completion',
    created: Math.floor(call.startedAt / 1_000),
    model: call.choice.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: words.answer === '' ? null : words.answer,
          ...(words.toolCalls.length > 0 ? { tool_calls: [...words.toolCalls] } : {}),
        },
        finish_reason,
      },
    ],
    usage: {
      prompt_tokens: input_tokens,
      completion_tokens: output_tokens,
      total_tokens: input_tokens + output_tokens,
    },
  };
}

function failure(random: Random): Partial<MadeLog> {
  const [type, message, http_status] = random.weighted([
    [['RateLimitError', '429 Rate limit reached for requests per minute. Please try again in 2s.', 429], 60],
    [['InternalServerError', '500 The server had an error while processing your request.', 500], 25],
    [['BadRequestError', "400 This model's maximum context length is 128000 tokens.", 400], 10],
    [['APIConnectionTimeoutError', 'Request timed out.', null], 5],
  ] as const);
  return {
    status: 'error',
    error: { type, message, http_status },
    response_content: null,
    latency_ms: Math.round(random.lognormal(http_status === null ? 60_000 : 180, 0.4)),
  };
}

/** From 0 to `count` - 1; the tenth is a tenth as frequent as the first. */
function logUniform(random: Random, count: number): number {
  return Math.min(count - 1, Math.floor((count + 1) ** random.fraction()) - 1);
}
