/** Exports of OpenTelemetry (OTLP/HTTP, opentelemetry-proto 1.11): what the reference says of them. They are read by server/otlp/. */
import { z } from 'zod';
import { ErrorBody } from './error.ts';
import { JsonObject } from './primitives.ts';

const partialSuccess = (name: 'rejectedSpans' | 'rejectedLogRecords') =>
  z
    .object({
      partialSuccess: z
        .object({
          [name]: z.string().describe('How many were not taken. They need not be sent again.'),
          errorMessage: z.string().describe('Why.'),
        })
        .optional()
        .describe('Missing where all were taken.'),
    })
    .describe('In the encoding of the request.');

export const ExportTraceRequest = z.looseObject({ resourceSpans: z.array(JsonObject).optional() }).meta({
  id: 'ExportTraceServiceRequest',
  description: 'Spans as OpenTelemetry exports them: `{"resourceSpans":[…]}`.',
});
export const ExportTraceResponse = partialSuccess('rejectedSpans').meta({ id: 'ExportTraceServiceResponse' });
export const ExportLogsRequest = z.looseObject({ resourceLogs: z.array(JsonObject).optional() }).meta({
  id: 'ExportLogsServiceRequest',
  description: 'Log records as OpenTelemetry exports them: `{"resourceLogs":[…]}`.',
});
export const ExportLogsResponse = partialSuccess('rejectedLogRecords').meta({ id: 'ExportLogsServiceResponse' });
export const ExportMetricsRequest = z.looseObject({ resourceMetrics: z.array(JsonObject).optional() }).meta({
  id: 'ExportMetricsServiceRequest',
  description: 'Metrics as OpenTelemetry exports them. They are not read.',
});
export const ExportMetricsResponse = z.object({}).meta({ id: 'ExportMetricsServiceResponse' });

export const ExportFailure = ErrorBody.extend({
  code: z.int().describe('That of gRPC.'),
  message: z.string().describe('The same as in `error`.'),
}).meta({
  id: 'ExportFailure',
  description:
    'A `google.rpc.Status`, in the encoding of the request; as JSON with the `error` of every other endpoint.',
});
