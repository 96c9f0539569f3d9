/** Steps that several guides have. */
import type { OtelStep } from './otelGuides.ts';
import type { SnippetTarget } from './snippets.ts';

/** Where an exporter appends `/v1/traces` and `/v1/logs`. */
export function otelEndpoint({ baseUrl }: Pick<SnippetTarget, 'baseUrl'>): string {
  return `${baseUrl}/api/otel`;
}

/** The two variables that every exporter of OpenTelemetry reads; the value of a header is percent-encoded there. */
export function environmentStep(target: SnippetTarget, ...more: readonly string[]): OtelStep {
  return exportStep('Say where to send, and with which key.', [
    `OTEL_EXPORTER_OTLP_ENDPOINT=${otelEndpoint(target)}`,
    `OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20${target.apiKey}"`,
    ...more,
  ]);
}

/** OpenLLMetry has variables of its own; the key becomes `Authorization: Bearer`. */
export function traceloopStep(target: SnippetTarget): OtelStep {
  return exportStep('Say where to send, and with which key.', [
    `TRACELOOP_BASE_URL=${otelEndpoint(target)}`,
    `TRACELOOP_API_KEY=${target.apiKey}`,
  ]);
}

/** Langfuse sends a pair of keys: the secret one is ours, the public one only has to be there. */
export function langfuseStep({ baseUrl, apiKey }: SnippetTarget): OtelStep {
  return exportStep('Say where to send, and with which key. The public key may be any word.', [
    `LANGFUSE_BASE_URL=${baseUrl}`,
    'LANGFUSE_PUBLIC_KEY=promptlab',
    `LANGFUSE_SECRET_KEY=${apiKey}`,
  ]);
}

function exportStep(text: string, variables: readonly string[]): OtelStep {
  return {
    text,
    code: variables.map((variable) => `export ${variable}`).join('\n'),
    language: 'sh',
    label: 'Commands that set the environment',
  };
}

/** Installs packages of JavaScript. */
export function npmStep(...packages: readonly string[]): OtelStep {
  return {
    text: 'Install.',
    code: `npm install ${packages.join(' ')}`,
    language: 'sh',
    label: 'Command that installs the packages',
  };
}

/** Installs packages of Python. */
export function pipStep(...packages: readonly string[]): OtelStep {
  return {
    text: 'Install.',
    code: `pip install ${packages.join(' ')}`,
    language: 'sh',
    label: 'Command that installs the packages',
  };
}

/** Runs what was set up, with the key of the model that it calls. */
export function runStep(command: string): OtelStep {
  return {
    text: 'Run it with your OpenAI key.',
    code: `OPENAI_API_KEY=YOUR_OPENAI_KEY ${command}`,
    language: 'sh',
    label: 'Command that runs it',
  };
}

/** The versions of OpenTelemetry for JavaScript that run on Node 20 and newer; the next ones need Node 22. */
export const OTEL_JS = ['@opentelemetry/sdk-trace-node@2', '@opentelemetry/exporter-trace-otlp-proto@0.223'] as const;
