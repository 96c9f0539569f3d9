/**
 * Results of evaluations by OpenTelemetry's GenAI conventions (`gen_ai.evaluation.result`): a log record or an event of the
 * span of the call, or a span of its own. Each is a step of kind `evaluator` below what it is about.
 */
import type { JsonObject } from '#shared/primitives';
import type { OtlpEvent, OtlpScope, Attributes } from '../span.ts';
import { AttributeReader, toText } from './attributeReader.ts';
import { line, sdkOf } from './fields.ts';
import { readGeneral } from './general.ts';

const RESULT = 'gen_ai.evaluation.result';
/** Of the events of one span. A call is evaluated a few times; each result is a row. */
const MOST_RESULTS = 100;

/** What was found, in its own words. */
export function readResult(reader: AttributeReader): { readonly name: string | null; readonly output: JsonObject } {
  const told = {
    score: reader.number('gen_ai.evaluation.score.value'),
    label: reader.text('gen_ai.evaluation.score.label'),
    explanation: reader.text('gen_ai.evaluation.explanation'),
  };
  const output = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null));
  return { name: reader.text('gen_ai.evaluation.name'), output };
}

/** What a log record, or an event of a span, is made of. */
export interface ToldEvent {
  readonly name: string | null;
  readonly attributes: Attributes;
  readonly scope: OtlpScope;
  readonly resource: Attributes;
}

/** As `POST /api/v1/spans` takes it, without ids and times. Null for an event that is no evaluation. */
export function readEvaluation({ name, attributes, scope, resource }: ToldEvent): JsonObject | null {
  // Older emitters have the name among the attributes.
  if ((name ?? toText(attributes.get('event.name'))) !== RESULT) return null;
  const reader = new AttributeReader(attributes);
  const result = readResult(reader);
  const error = reader.text('error.type');
  const evaluated = reader.text('gen_ai.response.id');
  const { user_id, session_id, environment, release } = readGeneral(reader, resource);
  const sdk = sdkOf({ scope, resource });
  const metadata: JsonObject = {
    ...(evaluated === null ? {} : { 'gen_ai.response.id': line(evaluated) }),
    ...(sdk === null ? {} : { sdk }),
  };
  const fields: JsonObject = {
    name: line(result.name) ?? 'evaluation',
    kind: 'evaluator',
    status: error === null ? 'success' : 'error',
    error: error === null ? null : { type: line(error) },
    user_id: line(user_id),
    session_id: line(session_id),
    environment: line(environment),
    release: line(release),
    metadata,
    output: result.output,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** Events of a span that may be evaluations, so many of them as are kept. */
export function listResults(events: readonly OtlpEvent[]): OtlpEvent[] {
  return events.filter(({ name }) => name === RESULT).slice(0, MOST_RESULTS);
}
