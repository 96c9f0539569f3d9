/**
 * What a family of attributes says about a span, in our words. Every family is asked about every span, and their facts are
 * put together field by field in a fixed order: real spans mix them.
 */
import type { TokenUsage } from '#shared/conversation/usage';
import type { JsonObject, JsonValue, Tags } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import type { Answer } from './chat.ts';

/** Counts as they were reported, which may leave parts out of the totals. */
export interface ReportedUsage extends Partial<TokenUsage> {
  readonly total_tokens?: number | null;
}

/** Null and missing: the family does not say it. */
export interface Facts {
  readonly role?: SpanRole | null;
  readonly name?: string | null;
  readonly model?: string | null;
  readonly response_model?: string | null;
  readonly provider?: string | null;
  /** What was sent, as messages of chat completions; of an embedding what it was made of. */
  readonly messages?: JsonValue[] | string | null;
  readonly answer?: Answer | null;
  readonly tools?: JsonValue[] | null;
  readonly parameters?: JsonObject | null;
  readonly usage?: ReportedUsage | null;
  /** US dollars. */
  readonly cost_usd?: number | null;
  readonly ttft_ms?: number | null;
  readonly finish_reason?: string | null;
  readonly service_tier?: string | null;
  readonly provider_request_id?: string | null;
  readonly stream?: boolean | null;
  readonly user_id?: string | null;
  readonly session_id?: string | null;
  readonly environment?: string | null;
  readonly release?: string | null;
  readonly prompt_slug?: string | null;
  readonly prompt_version?: string | null;
  readonly prompt_variables?: JsonObject | null;
  readonly tags?: Tags | null;
  readonly metadata?: JsonObject | null;
  /** What is wrong, in words: it makes the span failed. An empty text: failed, and nothing is said. */
  readonly failure?: string | null;
  /** Of a step that is no model call. */
  readonly input?: JsonValue;
  readonly output?: JsonValue;
}

/** What a family says that has nothing to do with a span: there is nothing to put together. */
export const NOTHING: Facts = Object.freeze({});

/** What all families say of one span: each field is there, and is worked on where families alone do not settle it. */
export type MergedFacts = { -readonly [Name in keyof Facts]-?: NonNullable<Facts[Name]> | null };

/** The first that says something counts, field by field; usage, parameters, tags and metadata name by name. */
export function mergeFacts(all: readonly Facts[]): MergedFacts {
  const families = all.filter((facts) => facts !== NOTHING);
  const first = <Name extends keyof Facts>(name: Name): NonNullable<Facts[Name]> | null => {
    for (const facts of families) {
      const value = facts[name];
      if (value !== null && value !== undefined) return value;
    }
    return null;
  };
  // One literal, field by field: an object put together from others costs several times as much.
  return {
    role: mergeRole(families),
    name: first('name'),
    model: first('model'),
    response_model: first('response_model'),
    provider: first('provider'),
    messages: first('messages'),
    answer: first('answer'),
    tools: first('tools'),
    parameters: joinObjects(families.map(({ parameters }) => parameters)),
    usage: joinUsage(families.map(({ usage }) => usage)),
    cost_usd: first('cost_usd'),
    ttft_ms: first('ttft_ms'),
    finish_reason: first('finish_reason'),
    service_tier: first('service_tier'),
    provider_request_id: first('provider_request_id'),
    stream: first('stream'),
    user_id: first('user_id'),
    session_id: first('session_id'),
    environment: first('environment'),
    release: first('release'),
    prompt_slug: first('prompt_slug'),
    prompt_version: first('prompt_version'),
    prompt_variables: first('prompt_variables'),
    tags: joinObjects(families.map(({ tags }) => tags)),
    metadata: joinObjects(families.map(({ metadata }) => metadata)),
    failure: first('failure'),
    input: first('input'),
    output: first('output'),
  };
}

/** A step that says no more than that it is one leaves it to the others to say what it is. */
function mergeRole(families: readonly Facts[]): SpanRole | null {
  let found: SpanRole | null = null;
  for (const { role } of families) {
    if (role !== null && role !== undefined && (found === null || found === 'span')) found = role;
  }
  return found;
}

/** Count by count: the earlier one that is told. */
export function joinUsage(usages: readonly (ReportedUsage | null | undefined)[]): ReportedUsage {
  const given = usages.filter((usage) => usage !== null && usage !== undefined);
  const first = (name: keyof ReportedUsage): number | null => {
    for (const usage of given) {
      const count = usage[name];
      if (count !== null && count !== undefined) return count;
    }
    return null;
  };
  return {
    input_tokens: first('input_tokens'),
    output_tokens: first('output_tokens'),
    total_tokens: first('total_tokens'),
    cached_input_tokens: first('cached_input_tokens'),
    cache_write_tokens: first('cache_write_tokens'),
    reasoning_tokens: first('reasoning_tokens'),
    audio_input_tokens: first('audio_input_tokens'),
    audio_output_tokens: first('audio_output_tokens'),
  };
}

/** The earlier one counts where two have the same name. Null where there is none. */
function joinObjects<T extends object>(objects: readonly (T | null | undefined)[]): T | null {
  const given = objects.filter((one) => one !== null && one !== undefined && Object.keys(one).length > 0) as T[];
  return given.length <= 1 ? (given[0] ?? null) : given.reduceRight((joined, one) => ({ ...joined, ...one }));
}
