/** Valid inputs by default; a test states only what matters to it. */
import type { LogInput } from '#shared/request';
import type { SpanInput } from '#shared/trace';
import { newId } from '#server/ids';

/** A log with the fields that most callers send. */
export function aLogInput(fields: Partial<LogInput> = {}): LogInput {
  return {
    model: 'gpt-4o-mini',
    provider: 'openai',
    messages: [{ role: 'user', content: 'What is the capital of France?' }],
    response_content: 'Paris.',
    latency_ms: 812,
    input_tokens: 14,
    output_tokens: 3,
    ...fields,
  };
}

/** A span with the fields that every step has; its id is another each time. */
export function aSpanInput(fields: Partial<SpanInput> = {}): SpanInput {
  return {
    id: newId(),
    trace_id: 'trace-1',
    name: 'retrieve',
    started_at: new Date().toISOString(),
    latency_ms: 25,
    ...fields,
  };
}
