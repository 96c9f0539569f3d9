/** From facts to the fields of a log or a span, as our own endpoints take them: texts fit, so that none refuses a call. */
import { setOwnMember } from '#shared/exactJson';
import type { TokenUsage } from '#shared/conversation/usage';
import { type JsonObject, type JsonValue, LIMITS, type Tags } from '#shared/primitives';
import { isAbort } from './failure.ts';
import type { Facts } from './facts.ts';
import { toProvider } from './provider.ts';

/** What all families say of one span, with what was worked out from it. */
export interface SettledFacts extends Facts {
  readonly settled: TokenUsage;
  readonly error: JsonObject | null;
  /** False while the span has not ended. */
  readonly hasEnded: boolean;
  readonly spanName: string;
  readonly sdk: JsonObject | null;
  /** Attributes that nobody reads. */
  readonly rest: JsonObject;
}

/** The reasons for which a model stops before it is done. */
const EARLY_STOPS = new Set(['length', 'content_filter', 'max_output_tokens', 'max_tokens']);
const MOST_ERROR = 8_192;
const MOST_DOLLARS = 1e6;
const MOST_MS = 1e10;

/** A log. It has a model and a provider in any case. `endpoint`: null for a chat. */
export function toRequestFields(facts: SettledFacts, endpoint: string | null): JsonObject {
  const finish = facts.answer?.finish_reason ?? facts.finish_reason ?? null;
  const model = line(facts.model ?? facts.response_model) ?? 'unknown';
  return withoutNulls({
    model,
    provider: line(toProvider(facts.provider ?? null, facts.response_model ?? facts.model ?? null)) ?? 'unknown',
    response_model: line(facts.response_model),
    endpoint,
    messages: facts.messages ?? [],
    response: facts.answer?.response ?? null,
    response_content: facts.answer?.response_content ?? null,
    tools: facts.tools ?? null,
    parameters: nonEmpty(facts.parameters),
    ...facts.settled,
    cost_usd: within(facts.cost_usd, MOST_DOLLARS),
    ttft_ms: within(facts.ttft_ms, MOST_MS),
    finish_reason: line(finish),
    service_tier: line(facts.service_tier),
    provider_request_id: line(facts.provider_request_id),
    stream: facts.stream ?? null,
    prompt_slug: line(facts.prompt_slug),
    prompt_version: line(facts.prompt_version),
    prompt_variables: facts.prompt_variables ?? null,
    ...commonFields(facts),
    status: requestStatus(facts, finish),
    sdk: facts.sdk,
  });
}

/** A step of a trace; what it reports of calls below it stands in its metadata, where no sum counts it. */
export function toSpanFields(facts: SettledFacts, kind: string): JsonObject {
  const common = commonFields(facts);
  const reported = withoutNulls({
    model: line(facts.model ?? facts.response_model),
    ...facts.settled,
    cost_usd: within(facts.cost_usd, MOST_DOLLARS),
  });
  const metadata: JsonObject = {
    ...(Object.keys(reported).length === 0 ? {} : { reported }),
    ...(facts.sdk === null ? {} : { sdk: facts.sdk }),
    ...common.metadata,
  };
  return withoutNulls({
    ...common,
    name: common.name ?? kind,
    kind,
    status: facts.error === null ? 'success' : 'error',
    metadata: nonEmpty(metadata),
    input: facts.input ?? null,
    output: facts.output ?? null,
  });
}

function commonFields(
  facts: SettledFacts,
): { [name: string]: JsonValue } & { name: string | null; metadata: JsonObject | null } {
  return {
    name: line(facts.name) ?? line(facts.spanName),
    error: facts.error === null ? null : cutMessage(facts.error),
    user_id: line(facts.user_id),
    session_id: line(facts.session_id),
    environment: line(facts.environment),
    release: line(facts.release),
    tags: nonEmpty(fitTags(facts.tags ?? {})),
    metadata: nonEmpty(fitMetadata({ ...facts.rest, ...facts.metadata })),
  };
}

function requestStatus({ error, hasEnded }: SettledFacts, finish: string | null): string | null {
  if (error !== null) return isAbort(error) ? 'aborted' : 'error';
  return !hasEnded || (finish !== null && EARLY_STOPS.has(finish)) ? 'incomplete' : null;
}

// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]+/g;

/** A text as an identifier takes it: on one line, and not too long. Null where nothing is left. */
export function line(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const fitting = text.replace(CONTROL_CHARACTERS, ' ').trim();
  const cut = fitting.length > LIMITS.identifierLength ? fitting.slice(0, LIMITS.identifierLength).trim() : fitting;
  return cut === '' ? null : cut.toWellFormed();
}

function within(number: number | null | undefined, most: number): number | null {
  return number === null || number === undefined || number < 0 || number >= most ? null : number;
}

/** Error messages hold whole stacks and bodies; a list has no room for them. */
function cutMessage(error: JsonObject): JsonObject {
  const { message } = error;
  return typeof message === 'string' && message.length > MOST_ERROR
    ? { ...error, message: `${message.slice(0, MOST_ERROR - 1).toWellFormed()}…` }
    : error;
}

function fitTags(tags: Tags): Tags {
  const fitting: Tags = {};
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
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
