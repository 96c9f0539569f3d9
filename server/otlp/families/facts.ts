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

/** Objects that are put together name by name. */
const JOINED = ['usage', 'parameters', 'tags', 'metadata'] as const satisfies readonly (keyof Facts)[];

/** The first that says something counts, field by field. */
export function mergeFacts(families: readonly Facts[]): Facts {
  const merged = new Map<string, unknown>();
  for (const facts of families) {
    for (const [name, value] of Object.entries(facts)) if ((merged.get(name) ?? null) === null) merged.set(name, value);
  }
  for (const name of JOINED) merged.set(name, joinObjects(families.map((facts) => facts[name])));
  // A step that says no more than that it is one leaves it to the others to say what it is.
  const roles = families.map(({ role }) => role).filter((role) => role !== undefined && role !== null);
  merged.set('role', roles.find((role) => role !== 'span') ?? roles[0] ?? null);
  return Object.fromEntries(merged) as Facts; // Each field is one of those that were given.
}

/** The earlier one counts where two have the same name. Null where there is none. */
function joinObjects(objects: readonly (object | null | undefined)[]): object | null {
  const given = objects.filter((one) => one !== null && one !== undefined);
  if (given.length <= 1) return given[0] ?? null;
  const joined = new Map<string, unknown>();
  for (const object of given) {
    for (const [name, value] of Object.entries(object)) {
      if ((joined.get(name) ?? null) === null) joined.set(name, value);
    }
  }
  return Object.fromEntries(joined);
}
