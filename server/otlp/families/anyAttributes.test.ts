import fc from 'fast-check';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { parseLog } from '#server/ingest/parseLog';
import { parseSpan } from '#server/ingest/parseSpan';
import { mapSpan } from '#server/otlp/mapping';
import { aSpan } from '#tests/support/otlpFixtures';

const CHAT: JsonObject = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
};

describe('whatever comes', () => {
  const name = fc.constantFrom(
    'gen_ai.operation.name',
    'gen_ai.request.model',
    'gen_ai.input.messages',
    'gen_ai.output.messages',
    'gen_ai.system_instructions',
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.prompt.0.content',
    'gen_ai.prompt.0.tool_calls.0.name',
    'gen_ai.completion.0.content',
    'gen_ai.response.finish_reasons',
    'gen_ai.tool.definitions',
    'openinference.span.kind',
    'llm.input_messages.0.message.role',
    'llm.input_messages.0.message.contents.0.message_content.text',
    'llm.output_messages.0.message.content',
    'llm.invocation_parameters',
    'llm.tools.0.tool.json_schema',
    'input.value',
    'output.value',
    'input.mime_type',
    'output.mime_type',
    'ai.operationId',
    'ai.prompt.messages',
    'ai.prompt',
    'ai.response.toolCalls',
    'ai.response.text',
    'ai.response.reasoning',
    'ai.prompt.tools',
    'ai.values',
    'langfuse.observation.type',
    'langfuse.observation.input',
    'langfuse.observation.output',
    'langfuse.observation.usage_details',
    'langfuse.observation.cost_details',
    'langfuse.trace.tags',
    'langfuse.observation.metadata',
    'promptlab.tags',
    'promptlab.metadata',
    'llm.request.type',
    'traceloop.entity.input',
    'metadata',
    'tag.tags',
    'error.type',
    'user.id',
    '__proto__',
    'constructor',
  );
  const words = fc.constantFrom(
    'chat',
    'embeddings',
    'LLM',
    'TOOL',
    'EMBEDDING',
    'RERANKER',
    'generation',
    'embedding',
    'application/json',
    'ai.toolCall',
    'ai.embed.doEmbed',
    'ai.generateText.doGenerate',
    '7',
    '-1',
    'NaN',
    '',
  );
  const json = fc.jsonValue({ maxDepth: 5 });
  const message = fc.record(
    {
      role: fc.oneof(fc.constantFrom('user', 'assistant', 'tool', 'system'), json),
      content: fc.oneof(fc.string(), json),
      parts: fc.oneof(
        fc.array(
          fc.record({
            type: fc.constantFrom('text', 'reasoning', 'tool_call', 'tool_call_response', 'blob', 'uri', 'file'),
            content: json,
            id: json,
            name: json,
            arguments: json,
          }),
        ),
        json,
      ),
    },
    { requiredKeys: [] },
  );
  const value = fc.oneof(
    words,
    fc.string(),
    json,
    json.map((one) => JSON.stringify(one)),
    fc.array(message),
    fc.array(message).map((one) => JSON.stringify(one)),
  );

  test('becomes a log or a span that our own endpoints take, and words that can be read', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 12 }), fc.boolean(), (entries, isModel) => {
        const attributes = Object.fromEntries(entries as [string, JsonValue][]);
        const { target, fields } = mapSpan(aSpan({ attributes: isModel ? { ...attributes, ...CHAT } : attributes }));
        const identity = {
          id: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
          trace_id: 't',
          started_at: '2026-01-01T00:00:00Z',
        };
        const parse = target === 'request' ? parseLog : parseSpan;
        expect(() => parse({ ...identity, ...fields })).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});
