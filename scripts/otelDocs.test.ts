/** The document and the first-run page say the same about OpenTelemetry, and each guide is complete. */
import fs from 'node:fs';
import path from 'node:path';
import { otelGuides } from '../client/pages/onboarding/otelGuides.ts';
import { OTEL_DOCS, withGuides } from './otelDocs.ts';

const document = fs.readFileSync(path.resolve(__dirname, '..', OTEL_DOCS), 'utf8');
const TARGET = { baseUrl: 'https://lab.example.com/sub', apiKey: 'pl_live_abc' };
const guides = otelGuides(TARGET);

test('docs/opentelemetry.md holds the guides of the first-run page, word for word', () => {
  // After a change of the guides: npx tsx scripts/writeOtelDocs.ts
  expect(withGuides(document)).toBe(document);
});

test('a document without the marks is not written over', () => {
  expect(() => withGuides('# OpenTelemetry')).toThrow('lost the marks');
});

test('there is a guide for each instrumentation that was promised', () => {
  expect(guides.map(({ title }) => title)).toEqual([
    'AI SDK v6',
    'AI SDK v7',
    'LangChain Python',
    'LangChain JS',
    'OpenInference Python',
    'OpenInference JS',
    'OpenLLMetry Python',
    'OpenLLMetry JS',
    'Langfuse Python',
    'Langfuse JS',
    'OpenTelemetry Python',
    'OpenTelemetry Go',
    'OpenTelemetry Java',
    'OpenTelemetry Collector',
  ]);
  expect(new Set(guides.map(({ id }) => id)).size).toBe(guides.length);
});

test.each(guides.map((guide) => [guide.title, guide] as const))(
  '%s: the address and the key are in it once each, and nothing else sends elsewhere',
  (_, { steps }) => {
    const code = steps.map((step) => step.code).join('\n');
    expect(code.split(TARGET.apiKey)).toHaveLength(2);
    expect(code.split(TARGET.baseUrl)).toHaveLength(2);
    const others = [...code.matchAll(/https?:\/\/([^/\s"']+)/g)].map(([, host]) => host);
    expect(others.filter((host) => host !== 'lab.example.com' && host !== 'github.com')).toEqual([]);
    expect(new Set(steps.map(({ label }) => label)).size).toBe(steps.length);
  },
);
