/**
 * A process that traces with OpenTelemetry's own SDK and exporters, which load parts of themselves in a way that Jest cannot.
 * An ExporterSpec comes in as a message, an ExporterResult goes out.
 */
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** What is exported, and where to. */
export interface ExporterSpec {
  readonly form: 'json' | 'protobuf' | 'protobuf gzip';
  readonly url: string;
  readonly key: string;
  /** One span each, sent together. */
  readonly calls: readonly { readonly startedAt?: number; readonly noteLength?: number }[];
}

/** The traces that were sent, in the order of `calls`. */
export interface ExporterResult {
  readonly traceIds: readonly string[];
  /** What the application would find in its log. */
  readonly warnings: readonly string[];
}

process.once('message', (spec: ExporterSpec) => {
  void trace(spec).then((result) => process.send?.(result, () => process.disconnect()));
});

async function trace({ form, url, key, calls }: ExporterSpec): Promise<ExporterResult> {
  const warnings: string[] = [];
  const note = (...words: unknown[]) => void warnings.push(words.map(String).join(' '));
  diag.setLogger({ error: note, warn: note, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);
  const options = { url, headers: { Authorization: `Bearer ${key}` } };
  const exporter =
    form === 'json'
      ? new JsonExporter(options)
      : new ProtobufExporter({ ...options, ...(form === 'protobuf gzip' ? { compression: 'gzip' as never } : {}) });
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  const tracer = provider.getTracer('shop', '1.0.0');
  const traceIds = calls.map(({ startedAt, noteLength }) => {
    const span = tracer.startSpan('chat gpt-4o', startedAt === undefined ? {} : { startTime: new Date(startedAt) });
    span.setAttributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 14,
      'gen_ai.usage.output_tokens': 3,
      ...(noteLength === undefined ? {} : { note: 'x'.repeat(noteLength) }),
    });
    span.end(startedAt === undefined ? undefined : new Date(startedAt + 100));
    return span.spanContext().traceId;
  });
  await provider.forceFlush().catch(note);
  await provider.shutdown();
  return { traceIds, warnings };
}
