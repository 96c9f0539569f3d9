/** What Spring AI says beside the GenAI conventions: its clients, advisors and tools. */
import type { SpanRole } from '../mapping.ts';
import { type AttributeReader, unquote } from './attributeReader.ts';
import { type Facts, NOTHING } from './facts.ts';

const KINDS: ReadonlyMap<string, SpanRole> = new Map([
  ['chat_client', 'chain'],
  ['advisor', 'chain'],
  ['tool_call', 'tool'],
]);

/** What Spring AI says of a span by its own names. */
export function readSpringAi(reader: AttributeReader): Facts {
  if (!reader.holds('spring')) return NOTHING;
  const result = reader.json('spring.ai.tool.call.result');
  return {
    role: readRole(reader),
    name: reader.text('spring.ai.tool.definition.name', 'spring.ai.advisor.name'),
    session_id: reader.text('spring.ai.chat.client.conversation.id'),
    input: reader.json('spring.ai.tool.call.arguments', 'db.vector.query.content'),
    output:
      typeof result === 'string' ? unquote(result) : (result ?? reader.json('db.vector.query.response.documents')),
  };
}

/** A store of vectors is searched, or has something added. */
function readRole(reader: AttributeReader): SpanRole | null {
  const kind = reader.text('spring.ai.kind');
  if (kind === 'vector_store') return reader.text('db.operation.name') === 'query' ? 'retriever' : 'span';
  return KINDS.get(kind ?? '') ?? null;
}
