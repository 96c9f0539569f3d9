/** From facts to the fields of a log or a span, as our own endpoints take them: texts fit, so that none refuses a call. */
import { setOwnMember } from '#shared/exactJson';
import { ENDED_IN_ERROR } from '#shared/conversation/answerError';
import { endOfReason } from '#shared/conversation/finishReason';
import type { TokenUsage } from '#shared/conversation/usage';
import { type JsonObject, type JsonValue, LIMITS, type Tags } from '#shared/primitives';
import type { OtlpSpan } from '../span.ts';
import { isAbort } from './failure.ts';
import type { MergedFacts } from './facts.ts';
import { toProvider } from './provider.ts';

/** What all families say of one span, with what was worked out from it. */
export interface SettledFacts {
  readonly facts: MergedFacts;
  readonly usage: TokenUsage;
  readonly error: JsonObject | null;
  /** False while the span has not ended. */
  readonly hasEnded: boolean;
  readonly spanName: string;
  readonly sdk: JsonObject | null;
  /** Attributes that nobody reads. */
  readonly rest: JsonObject;
}

const MOST_DOLLARS = 1e6;
const MOST_MS = 1e10;

/** A log. It has a model and a provider in any case. `endpoint`: null for a chat. */
export function toRequestFields(settled: SettledFacts, endpoint: string | null): JsonObject {
  const { facts, usage } = settled;
  const finish = facts.answer?.finish_reason ?? facts.finish_reason;
  const hasFailed = endOfReason(finish ?? null) === 'error';
  const error = settled.error ?? (hasFailed ? { message: ENDED_IN_ERROR } : null);
  return withoutNulls({
    model: line(facts.model ?? facts.response_model) ?? 'unknown',
    provider: line(toProvider(facts.provider, facts.response_model ?? facts.model)) ?? 'unknown',
    response_model: line(facts.response_model),
    endpoint,
    messages: facts.messages ?? [],
    response: facts.answer?.response ?? null,
    response_content: facts.answer?.response_content ?? null,
    tools: facts.tools,
    parameters: nonEmpty(facts.parameters),
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    cached_input_tokens: usage.cached_input_tokens,
    cache_write_tokens: usage.cache_write_tokens,
    reasoning_tokens: usage.reasoning_tokens,
    audio_input_tokens: usage.audio_input_tokens,
    audio_output_tokens: usage.audio_output_tokens,
    cost_usd: within(facts.cost_usd, MOST_DOLLARS),
    ttft_ms: within(facts.ttft_ms, MOST_MS),
    finish_reason: line(finish),
    service_tier: line(facts.service_tier),
    provider_request_id: line(facts.provider_request_id),
    stream: facts.stream,
    prompt_slug: line(facts.prompt_slug),
    prompt_version: line(facts.prompt_version),
    prompt_variables: facts.prompt_variables,
    name: line(facts.name) ?? line(settled.spanName),
    error,
    user_id: line(facts.user_id),
    session_id: line(facts.session_id),
    environment: line(facts.environment),
    release: line(facts.release),
    tags: nonEmpty(fitTags(facts.tags)),
    metadata: nonEmpty(fitMetadata({ ...settled.rest, ...facts.metadata })),
    status: requestStatus(error, settled.hasEnded, finish ?? null),
    sdk: settled.sdk,
  });
}

/** A step of a trace; what it reports of calls below it stands in its metadata, where no sum counts it. */
export function toSpanFields({ facts, usage, error, spanName, sdk, rest }: SettledFacts, kind: string): JsonObject {
  const reported = withoutNulls({
    model: line(facts.model ?? facts.response_model),
    ...usage,
    cost_usd: within(facts.cost_usd, MOST_DOLLARS),
  });
  const metadata: JsonObject = {
    ...(Object.keys(reported).length === 0 ? {} : { reported }),
    ...(sdk === null ? {} : { sdk }),
    ...fitMetadata({ ...rest, ...facts.metadata }),
  };
  return withoutNulls({
    name: line(facts.name) ?? line(spanName) ?? kind,
    kind,
    status: error === null ? 'success' : 'error',
    error,
    user_id: line(facts.user_id),
    session_id: line(facts.session_id),
    environment: line(facts.environment),
    release: line(facts.release),
    tags: nonEmpty(fitTags(facts.tags)),
    metadata: nonEmpty(metadata),
    input: facts.input,
    output: facts.output,
  });
}

function requestStatus(error: JsonObject | null, hasEnded: boolean, finish: string | null): string | null {
  if (error !== null) return isAbort(error) ? 'aborted' : 'error';
  return hasEnded ? endOfReason(finish) : 'incomplete';
}

/** The library that made a span or a log record; null where it did not say. */
export function sdkOf({ scope, resource }: Pick<OtlpSpan, 'scope' | 'resource'>): JsonObject | null {
  const name = line(scope.name);
  if (name === null) return null;
  const version = line(scope.version);
  const language = resource.get('telemetry.sdk.language');
  const runtime = typeof language === 'string' ? line(language) : null;
  return { name, ...(version === null ? {} : { version }), ...(runtime === null ? {} : { runtime }) };
}

// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]+/g;
// oxlint-disable-next-line no-control-regex -- as above
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A text as an identifier takes it: on one line, and not too long. Null where nothing is left. */
export function line(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const fitting = (CONTROL.test(text) ? text.replace(CONTROL_CHARACTERS, ' ') : text).trim();
  const cut = fitting.length > LIMITS.identifierLength ? fitting.slice(0, LIMITS.identifierLength).trim() : fitting;
  return cut === '' ? null : cut.toWellFormed();
}

function within(number: number | null | undefined, most: number): number | null {
  return number === null || number === undefined || number < 0 || number >= most ? null : number;
}

function fitTags(tags: Tags | null): Tags {
  const fitting: Tags = {};
  if (tags === null) return fitting;
  for (const [name, value] of Object.entries(tags)) {
    const key = line(name);
    if (key !== null)
      setOwnMember(fitting, key, value.slice(0, LIMITS.identifierLength).replace(CONTROL_CHARACTERS, ' '));
  }
  return fitting;
}

/** An object may have so many keys; a few are kept for what we add. */
const MOST_KEYS = LIMITS.objectKeys - 10;

/** Keys that fit and numbers that JSON has: one odd attribute must not cost the call. */
function fitMetadata(metadata: JsonObject): JsonObject {
  const fitting: JsonObject = {};
  for (const [name, value] of Object.entries(metadata).slice(0, MOST_KEYS)) {
    const key = name.length > LIMITS.keyLength ? name.slice(0, LIMITS.keyLength).toWellFormed() : name;
    setOwnMember(fitting, key, typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);
  }
  return fitting;
}

function nonEmpty<T extends object>(object: T | null | undefined): T | null {
  return object === null || object === undefined || Object.keys(object).length === 0 ? null : object;
}

function withoutNulls(fields: { readonly [name: string]: JsonValue }): JsonObject {
  const kept: JsonObject = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name] ?? null;
    if (value !== null) kept[name] = value;
  }
  return kept;
}
