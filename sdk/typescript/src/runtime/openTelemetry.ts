/** OpenTelemetry where the application has it, found by the symbols its API registers; no dependency on it. */
import { guard } from './guard.js';
import { isString } from './values.js';

interface OtelContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): OtelContext;
}

interface OtelApi {
  context?: {
    active(): OtelContext;
    with<R>(context: OtelContext, fn: () => R): R;
  };
}

const API = Symbol.for('opentelemetry.js.api.1');
const SPAN_KEY = Symbol.for('OpenTelemetry Context Key SPAN');
const SUPPRESS_KEY = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** The trace id of the active OpenTelemetry span. */
export function openTelemetryTraceId(): string | undefined {
  const api = findApi();
  if (!api?.context) return undefined;
  return guard('read the OpenTelemetry context', () => {
    const span = api.context?.active().getValue(SPAN_KEY) as { spanContext?(): { traceId?: unknown } } | undefined;
    const traceId = span?.spanContext?.().traceId;
    return isString(traceId) && /^[0-9a-f]{32}$/.test(traceId) ? traceId : undefined;
  });
}

/** Runs an upload so that the application's own tracing leaves it out. */
export function withoutTracing<R>(fn: () => R): R {
  const context = findApi()?.context;
  const quiet = context && guard('suppress tracing', () => context.active().setValue(SUPPRESS_KEY, true));
  return context && quiet ? context.with(quiet, fn) : fn();
}

function findApi(): OtelApi | undefined {
  return (globalThis as unknown as Record<symbol, OtelApi | undefined>)[API];
}
