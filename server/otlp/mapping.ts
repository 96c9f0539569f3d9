/** From a span of OpenTelemetry to what we store: a request for a model call, a span for any other step. Pure. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { OtlpLogRecord, OtlpSpan } from './span.ts';

/**
 * What a span is to us. 'llm' and 'embedding' (and 'reranker' with a model and usage) become requests; the others become
 * spans; 'other' has no sign of AI work.
 */
export type SpanRole =
  | 'llm'
  | 'embedding'
  | 'reranker'
  | 'tool'
  | 'agent'
  | 'chain'
  | 'retriever'
  | 'guardrail'
  | 'evaluator'
  | 'prompt'
  | 'event'
  | 'span'
  | 'other';

export interface MappedSpan {
  readonly role: SpanRole;
  /**
   * As `POST /api/v1/logs` takes it (`target: 'request'`), or as `POST /api/v1/spans` takes it; without ids and times of
   * the span itself, which ids.ts and the store fill in.
   */
  readonly target: 'request' | 'span';
  readonly fields: JsonObject;
  /** Findings for data health, such as 'truncated', 'exclusive_usage', 'no_usage', 'bad_token_count'. */
  readonly notes: readonly string[];
}

/** What a log record adds to the call of its span. */
export interface MappedEvent {
  /** Words and usage, by the names that `POST /api/v1/logs` has for them. A list, such as `messages`, goes behind what is there. */
  readonly fields: JsonObject;
  readonly notes: readonly string[];
}

/** Maps one span by its attributes alone. Never throws: what it cannot read stays below `metadata`. */
export function mapSpan(span: OtlpSpan): MappedSpan {
  const { attributes, name } = span;
  const text = (key: string) => {
    const value = attributes.get(key);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const model = text('gen_ai.request.model') ?? text('gen_ai.response.model');
  const metadata = Object.fromEntries(attributes);
  if (model === null) {
    const isAiWork = [...attributes.keys()].some((key) => key.startsWith('gen_ai.'));
    return { role: isAiWork ? 'span' : 'other', target: 'span', fields: { name, metadata }, notes: [] };
  }
  const fields: JsonObject = {
    name,
    model,
    provider: text('gen_ai.provider.name') ?? text('gen_ai.system') ?? 'unknown',
    messages: readJson(text('gen_ai.input.messages')) ?? [],
    input_tokens: attributes.get('gen_ai.usage.input_tokens') ?? null,
    output_tokens: attributes.get('gen_ai.usage.output_tokens') ?? null,
    metadata,
  };
  return { role: 'llm', target: 'request', fields, notes: [] };
}

/** Words and usage that a log record adds to the call of its span; null where it is no GenAI event. */
export function mapLogRecord(_record: OtlpLogRecord): MappedEvent | null {
  return null;
}

function readJson(text: string | null): JsonValue {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
