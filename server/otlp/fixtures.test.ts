/** What real libraries exported becomes what was written by hand beside it, in either encoding. */
import { calledTools, parseConversation } from '#shared/conversation/conversation';
import { parseToolDefinitions } from '#shared/conversation/toolDefinitions';
import type { JsonObject } from '#shared/primitives';
import { EXPECTED } from '#tests/emitters/expected/fixtures';
import { listOtlpFixtures, readOtlpFixture } from '#tests/support/otlpFixtures';
import { toProtobuf } from '#tests/support/otlpProtobuf';
import { Refused } from './decoded.ts';
import { addEvent } from './families/logRecord.ts';
import { decodeJsonRecords, decodeJsonSpans } from './json.ts';
import { mapLogRecord, mapSpan } from './mapping.ts';
import { decodeProtobufRecords, decodeProtobufSpans } from './protobuf.ts';

const fixtures = listOtlpFixtures();

test('every fixture has its expected records, and every record its fixture', () => {
  expect(fixtures.map(({ name }) => name)).toEqual([...EXPECTED.keys()].toSorted());
});

/** What the spans of a fixture become, with what its log records add. */
function mapFixture(file: string, encoding: 'json' | 'protobuf') {
  const { traces, logs } = readOtlpFixture(file);
  const isJson = encoding === 'json';
  const toBytes = (body: JsonObject) => (isJson ? Buffer.from(JSON.stringify(body)) : toProtobuf(body));
  const spans = [...(isJson ? decodeJsonSpans : decodeProtobufSpans)(toBytes(traces)).items];
  const records = logs ? [...(isJson ? decodeJsonRecords : decodeProtobufRecords)(toBytes(logs)).items] : [];
  return spans.map((span) => {
    if (span instanceof Refused) throw new Error(span.reason);
    const mapped = mapSpan(span);
    let { fields } = mapped;
    for (const record of records) {
      if (record === null || record instanceof Refused || record.spanId !== span.spanId) continue;
      const event = mapLogRecord(record);
      if (event !== null) fields = addEvent(fields, event);
    }
    return { span: span.name, role: mapped.role, target: mapped.target, fields, notes: mapped.notes };
  });
}

describe.each(fixtures)('$file', ({ name, file }) => {
  const expected = EXPECTED.get(name) ?? [];

  test('is the same in both encodings', () => {
    expect(mapFixture(file, 'protobuf')).toEqual(mapFixture(file, 'json'));
  });

  test('becomes what it is expected to', () => {
    const mapped = mapFixture(file, 'json');
    expect(mapped.map(({ span, role }) => ({ span, role }))).toEqual(
      expected.map(({ span, role }) => ({ span, role })),
    );
    const isCall = (role: string) => role === 'llm' || role === 'embedding';
    expect(mapped.map(({ target }) => target)).toEqual(mapped.map(({ role }) => (isCall(role) ? 'request' : 'span')));
    for (const [index, { role, fields, notes }] of mapped.entries()) {
      const record = expected[index];
      const { metadata, sdk, ...rest } = fields;
      const names = record?.isPartial ? Object.keys(record.fields) : Object.keys(rest);
      expect(Object.fromEntries(names.map((one) => [one, rest[one]]))).toEqual(record?.fields);
      expect(metadata).toMatchObject(record?.metadata ?? {});
      expect(notes).toEqual(record?.notes ?? []);
      expect(isCall(role) ? { sdk } : metadata).toHaveProperty('sdk.name');
    }
  });

  test('has words, tools and calls that the reader of the dashboard knows', () => {
    const calls = mapFixture(file, 'json').filter(({ role }) => role === 'llm');
    expect(calls.length).toBeGreaterThan(0);
    for (const { fields } of calls) {
      const { messages = null, response = null, response_content = null, tools = null } = fields;
      const words = typeof response_content === 'string' ? response_content : null;
      const conversation = parseConversation({ messages, response, response_content: words });
      const parts = [...conversation.sent, ...conversation.answer].flatMap((message) => message.parts);
      expect(parts.filter(({ kind }) => kind === 'json')).toEqual([]);
      const offered = tools === null ? [] : parseToolDefinitions(tools).map((tool) => tool.name);
      expect(offered).toEqual(tools === null ? [] : ['get_weather']);
      // Each result of a tool belongs to a call.
      const called = calledTools(conversation);
      const answered = conversation.sent.flatMap(({ role, toolCallId }) => (role === 'tool' ? [toolCallId] : []));
      expect(answered.map((id) => called.get(id ?? ''))).toEqual(answered.map(() => 'get_weather'));
    }
  });
});
