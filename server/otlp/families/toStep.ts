/** A model call as a step of its trace: one that repeats what a call below it says would be counted twice. */
import { objectOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { MappedSpan } from '../mapping.ts';

/** Fields that a log and a span have in common. */
const COMMON = ['name', 'error', 'user_id', 'session_id', 'environment', 'release', 'tags'];
/** What it reports of itself and of the calls below it. */
const REPORTED = [
  'model',
  'response_model',
  'provider',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'cost_usd',
  'finish_reason',
];

/** As `POST /api/v1/spans` takes it, with what the call reported below `metadata.reported`. A step stays what it is. */
export function toStep(mapped: MappedSpan): MappedSpan {
  if (mapped.target === 'span') return mapped;
  const { fields, role } = mapped;
  const metadata: JsonObject = {
    reported: pick(fields, REPORTED),
    ...pick(fields, ['parameters', 'tools', 'sdk']),
    ...objectOf(fields.metadata),
  };
  const step: JsonObject = {
    ...pick(fields, COMMON),
    name: fields.name ?? role,
    kind: role,
    status: fields.status === 'error' || fields.status === 'aborted' ? 'error' : 'success',
    metadata,
  };
  addGiven(step, 'input', fields.messages ?? null);
  // The words, where there are any: the call below has the whole answer.
  addGiven(step, 'output', fields.response_content ?? fields.response ?? null);
  return { ...mapped, target: 'span', fields: step };
}

function pick(fields: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name] ?? null]])),
  );
}

function addGiven(step: JsonObject, name: string, value: JsonValue): void {
  if (value !== null && !(Array.isArray(value) && value.length === 0)) step[name] = value;
}
