import { decodeProtobufSpans } from '#server/otlp/protobuf';
import type { OtlpSpan } from '#server/otlp/span';
import { makeDemoLogs } from '../lib/payloads.ts';
import { fillSpanTemplate, makeSpanTemplates, readTraceIds } from './spanPayloads.ts';

const HEAD = Buffer.from('POST');
const LOGS = makeDemoLogs('small');

function decode(conventions: 'spans' | 'openinference') {
  const [template] = makeSpanTemplates(LOGS, { batchSize: 20, conventions });
  const message = fillSpanTemplate(template!, HEAD).subarray(HEAD.length);
  const spans = [...decodeProtobufSpans(message).items].filter((item): item is OtlpSpan => 'attributes' in item);
  return { traceIds: readTraceIds(template!, message), spans };
}

test('the trace ids of a filled export are those that are sent, one a span', () => {
  const { traceIds, spans } = decode('spans');
  expect(spans.map(({ traceId }) => traceId)).toEqual(traceIds);
  expect(new Set(traceIds).size).toBe(20);
});

test('both conventions tell the same calls: roles, answers, tokens, and about as many bytes', () => {
  const genAi = decode('spans').spans.map(({ attributes }) => attributes);
  const openInference = decode('openinference').spans.map(({ attributes }) => attributes);
  expect(openInference).toHaveLength(20);
  for (const [place, attributes] of openInference.entries()) {
    const same = genAi[place]!;
    const messages = JSON.parse(same.get('gen_ai.input.messages') as string) as { role: string }[];
    const told = messages.map((_, index) => attributes.get(`llm.input_messages.${index}.message.role`));
    expect(told).toEqual(messages.map(({ role }) => role));
    expect(attributes.get(`llm.input_messages.${messages.length}.message.role`)).toBeUndefined();
    const [answer] = JSON.parse(same.get('gen_ai.output.messages') as string) as { parts: { content: string }[] }[];
    expect(attributes.get('llm.output_messages.0.message.content') ?? '').toBe(answer!.parts[0]!.content);
    expect(attributes.get('llm.token_count.prompt')).toEqual(same.get('gen_ai.usage.input_tokens'));
    const bytesOf = (all: typeof attributes) => JSON.stringify([...all]).length;
    expect(bytesOf(attributes) / bytesOf(same)).toBeGreaterThan(0.6);
    expect(bytesOf(attributes) / bytesOf(same)).toBeLessThan(1.5);
  }
});
