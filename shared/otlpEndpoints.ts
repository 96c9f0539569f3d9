/** The rows of the endpoint table that exporters of OpenTelemetry send to. */
import type { Endpoint } from './endpoints.ts';
import { EXAMPLES } from './endpointExamples.ts';
import {
  ExportLogsRequest,
  ExportLogsResponse,
  ExportMetricsRequest,
  ExportMetricsResponse,
  ExportTraceRequest,
  ExportTraceResponse,
} from './otlp.ts';

const traces = {
  method: 'post',
  auth: 'ingest',
  tag: 'OpenTelemetry',
  otlp: 'traces',
  summary:
    'Take spans by OTLP/HTTP, as protobuf or JSON. Model calls become requests, other steps of AI work spans of their trace. A 200 means they are committed.',
  body: ExportTraceRequest,
  output: ExportTraceResponse,
  status: 200,
} as const satisfies Omit<Endpoint, 'path'>;

const logs = {
  method: 'post',
  auth: 'ingest',
  tag: 'OpenTelemetry',
  otlp: 'logs',
  summary: 'Take log records by OTLP/HTTP: what they say of a model call is added to it, the others are dropped.',
  body: ExportLogsRequest,
  output: ExportLogsResponse,
  status: 200,
} as const satisfies Omit<Endpoint, 'path'>;

const metrics = {
  method: 'post',
  auth: 'ingest',
  tag: 'OpenTelemetry',
  otlp: 'metrics',
  summary: 'Take metrics by OTLP/HTTP, and drop them: exporters with one address for all send them here.',
  body: ExportMetricsRequest,
  output: ExportMetricsResponse,
  status: 200,
} as const satisfies Omit<Endpoint, 'path'>;

/** `OTEL_EXPORTER_OTLP_ENDPOINT` may be the server itself, or its `/api/otel`; the SDKs of Langfuse know their own path. */
export const otlpEndpoints = {
  exportTraces: { ...traces, path: '/v1/traces', examples: EXAMPLES.exportTraces },
  exportLogs: { ...logs, path: '/v1/logs', examples: EXAMPLES.exportLogs },
  exportMetrics: { ...metrics, path: '/v1/metrics' },
  exportTracesBelowApi: { ...traces, path: '/api/otel/v1/traces' },
  exportLogsBelowApi: { ...logs, path: '/api/otel/v1/logs' },
  exportMetricsBelowApi: { ...metrics, path: '/api/otel/v1/metrics' },
  exportTracesOfLangfuse: { ...traces, path: '/api/public/otel/v1/traces' },
} as const satisfies Record<string, Endpoint>;

export type OtlpEndpointName = keyof typeof otlpEndpoints;
